/** The columns of a layer's table, its order and how well it is known. Pure. */

import type { Feature, Property, Schema } from "./types";

export interface Column {
  name: string;
  title: string;
  property: Property;
  isNumber: boolean;
  canSort: boolean;
}

/** What every record has for the register's own sake; the file that is downloaded holds it all. */
const OWN = new Set(["id", "replaces", "version", "updated_at", "source_date", "capture_method", "horizontal_accuracy_m"]);

/** The columns to show: the label first, then those that any row fills, in the layer's own order. */
export function columnsOf(schema: Schema, rows: Feature[], label: string | null): Column[] {
  const order = ([name, property]: [string, Property]) =>
    name === label ? -1 : (property["x-ogc-propertySeq"] ?? 1000);
  return Object.entries(schema.properties)
    .filter(([name, property]) => !OWN.has(name) && !property["x-ogc-role"]?.includes("geometry"))
    .filter(([name]) => name === label || name === "code" || rows.some((row) => !isEmpty(row.properties[name])))
    .sort((a, b) => order(a) - order(b))
    .map(([name, property]) => ({
      name,
      property,
      title: property.title ?? name,
      isNumber: !property.oneOf && (property.type === "number" || property.type === "integer"),
      canSort: property.type !== "array",
    }));
}

/** The order after a press on a column's heading: rising, falling, the layer's own. */
export function nextSort(sort: string, column: string): string {
  if (sort === column) return `-${column}`;
  return sort === `-${column}` ? "" : column;
}

export interface Quality {
  features: number;
  /** Metres, of those features that tell: how many do, the middle one and the worst. */
  accuracy: { told: number; median: number; worst: number } | null;
  /** How features were captured, the most usual first. */
  methods: { code: string; count: number }[];
  /** Days of the sources, first and last. */
  dates: [string, string] | null;
}

/** How well the features of a layer are known, from what each tells of itself. */
export function qualityOf(features: Feature[]): Quality {
  const all = (name: string) => features.map(({ properties }) => properties[name]);
  const metres = all("horizontal_accuracy_m").filter((m): m is number => typeof m === "number").sort((a, b) => a - b);
  const days = all("source_date").filter((day): day is string => typeof day === "string").sort();
  const methods = new Map<string, number>();
  for (const code of all("capture_method")) {
    if (typeof code === "string") methods.set(code, (methods.get(code) ?? 0) + 1);
  }
  const [first, last] = [days[0], days.at(-1)];
  return {
    features: features.length,
    accuracy: metres.length
      ? { told: metres.length, median: metres[Math.floor(metres.length / 2)] ?? 0, worst: metres.at(-1) ?? 0 }
      : null,
    methods: [...methods].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count),
    dates: first && last ? [first, last] : null,
  };
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
}
