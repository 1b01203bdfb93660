/** From a record and its schema to what a sheet says: sentences, figures, table. Pure. */

import * as format from "./format";
import type { Lang } from "./hash";
import type { Property, Schema } from "./types";
import type { Words } from "./words/es";

export interface Row {
  name: string;
  title: string;
  value: string;
  /** The initiative that the value names, when it is a link. */
  initiative?: string;
}

export interface Facts {
  sentences: string[];
  figures: Row[];
  rows: Row[];
}

export interface Language {
  lang: Lang;
  words: Words;
  timeZone: string;
}

/** Columns of every record: told at the end of a sheet, or nowhere. */
const COMMON = new Set([
  "id", "code", "replaces", "valid_from", "valid_to", "visibility", "review_state", "source_id",
  "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "version", "created_at",
  "updated_at", "recorded_from", "change_id", "geom", "geometry",
]); // prettier-ignore

const FIGURES = ["population", "area_m2", "usable_m2", "length_m", "capacity", "households", "dwellings"];
const MOST_FIGURES = 2;

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
}

function code(value: unknown, property: Property | undefined): string {
  const text = String(value);
  return property?.oneOf?.find((choice) => String(choice.const) === text)?.title ?? text;
}

/** One value as people read it: code titles, units, dates, yes and no. */
export function tell(value: unknown, property: Property | undefined, language: Language): string {
  const { lang, words, timeZone } = language;
  if (Array.isArray(value)) {
    return format.list(value.map((one) => tell(one, property?.items, language)), lang);
  }
  if (typeof value === "boolean") return value ? words.feature.yes : words.feature.no;
  if (property?.oneOf) return code(value, property);
  if (typeof value === "number") {
    return format.measure(value, property?.["x-ogc-unit"], lang);
  }
  const text = String(value);
  if (property?.format === "date" || property?.format === "date-time") {
    return format.date(text, lang, timeZone);
  }
  return text;
}

/** What the sheet of a record says; `label` names the field that is already its title. */
export function factsOf(
  properties: Record<string, unknown>,
  schema: Schema,
  label: string | null,
  language: Language,
): Facts {
  const { lang, words } = language;
  const at = (name: string) => (isEmpty(properties[name]) ? undefined : properties[name]);
  const say = (name: string) =>
    // A year is counted by nobody: 2017, not 2.017.
    /(^|_)year$/.test(name) ? String(properties[name]) : tell(properties[name], schema.properties[name], language);

  const told = new Set<string>(COMMON);
  if (label) told.add(label);

  const sentences: string[] = [];
  if (at("hazard") !== undefined) {
    sentences.push(words.feature.hazard(say("hazard").toLocaleLowerCase(lang)));
    told.add("hazard");
  }
  if (at("population") !== undefined && at("dwellings") !== undefined) {
    sentences.push(words.feature.people(say("population"), say("dwellings")));
    told.add("dwellings");
  }
  if (at("vegetated_m2") !== undefined) {
    const trees = at("trees") === undefined ? null : say("trees");
    sentences.push(words.feature.planted(say("vegetated_m2"), trees));
    told.add("vegetated_m2").add("trees");
  }
  if (typeof at("valid_to") === "string") {
    sentences.push(words.feature.until(say("valid_to")));
  } else if (typeof at("valid_from") === "string") {
    sentences.push(words.feature.since(say("valid_from")));
  }
  const accuracy = at("horizontal_accuracy_m");
  if (typeof accuracy === "number" && accuracy >= 20) {
    sentences.push(words.feature.accuracy(format.distance(accuracy, lang)));
  }

  const figures: Row[] = FIGURES.filter((name) => typeof at(name) === "number")
    .slice(0, MOST_FIGURES)
    .map((name) => {
      told.add(name);
      const year = name === "population" ? at("population_year") : undefined;
      if (year !== undefined) told.add("population_year");
      const title = schema.properties[name]?.title ?? name;
      return { name, title: year === undefined ? title : `${title}, ${String(year)}`, value: say(name) };
    });

  const order = (name: string) => schema.properties[name]?.["x-ogc-propertySeq"] ?? 0;
  const rows: Row[] = Object.keys(schema.properties)
    .filter((name) => !told.has(name) && at(name) !== undefined)
    .filter((name) => !schema.properties[name]?.["x-ogc-role"]?.includes("geometry"))
    .sort((a, b) => order(a) - order(b))
    .map((name) => {
      const property = schema.properties[name];
      const row: Row = { name, title: property?.title ?? name, value: say(name) };
      if (refersTo(property) === "initiatives") row.initiative = String(properties[name]);
      return row;
    });
  return { sentences, figures, rows };
}

/** The layer that a property's values are codes of, if it is a reference. */
export function refersTo(property: Property | undefined): string | undefined {
  return property?.["x-ogc-role"] === "reference" ? property["x-ogc-collectionId"] : undefined;
}

/** West, south, east, north of geometries; null when there are none. */
export function boundsOf(
  geometries: (GeoJSON.Geometry | null | undefined)[],
): [number, number, number, number] | null {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (node: unknown): void => {
    if (!Array.isArray(node)) return;
    const [x, y] = node as unknown[];
    if (typeof x === "number" && typeof y === "number") {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    } else node.forEach(take);
  };
  for (const geometry of geometries) {
    if (!geometry) continue;
    if (geometry.type === "GeometryCollection") geometry.geometries.forEach((g) => take(boxCorners(boundsOf([g]))));
    else take(geometry.coordinates);
  }
  return box[0] === Infinity ? null : box;
}

function boxCorners(box: [number, number, number, number] | null): number[][] {
  return box ? [[box[0], box[1]], [box[2], box[3]]] : []; // prettier-ignore
}
