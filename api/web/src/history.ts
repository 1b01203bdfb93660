/** From one version of a record to the next: which fields changed, from what to what. Pure. */

import { tell, type Language } from "./facts";
import type { Feature, Schema } from "./types";

export interface FieldChange {
  title: string;
  before: string;
  after: string;
}

/** Kept by the register for itself: they change with every version and say nothing of the thing. */
const OWN = new Set(["version", "created_at", "updated_at", "recorded_from", "change_id", "source_id"]);

export interface VersionChange {
  fields: FieldChange[];
  /** Whether its shape or place changed. */
  shape: boolean;
}

/** What differs between two versions, in the order of the fields. */
export function changesOf(before: Feature, after: Feature, schema: Schema, language: Language): VersionChange {
  const names = [...new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])];
  const told = (feature: Feature, name: string) => {
    const value = feature.properties[name];
    const isEmpty = value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
    return isEmpty ? "" : tell(value, schema.properties[name], language);
  };
  const order = (name: string) => schema.properties[name]?.["x-ogc-propertySeq"] ?? 1e6;
  const unlike = (a: unknown, b: unknown) => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);
  return {
    fields: names
      .filter((name) => !OWN.has(name) && unlike(before.properties[name], after.properties[name]))
      .sort((a, b) => order(a) - order(b))
      .map((name) => ({
        title: schema.properties[name]?.title ?? name,
        before: told(before, name),
        after: told(after, name),
      })),
    shape: unlike(before.geometry, after.geometry),
  };
}
