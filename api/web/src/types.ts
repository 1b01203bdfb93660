/** The answers of the API that the map reads; most of them are made from its own definition. */

import type { components } from "./types.gen";

type Schemas = components["schemas"];

export type Legend = Schemas["legend"];
export type LegendLayer = Schemas["legend_layer"];
export type LegendSymbol = Schemas["legend_symbol"];
export type Found = Schemas["found"];
export type Answer = Schemas["search"];
export type Plan = Schemas["plan"];
export type PlanBranch = Schemas["plan_branch"];
export type PlanNode = Schemas["initiative_node"];
export type Strategy = Schemas["strategy"];
export type InitiativeLocation = Omit<Schemas["initiative_location"], "geometry"> & {
  geometry: GeoJSON.Geometry | null;
};
export type Initiative = Omit<Schemas["initiative"], "locations"> & { locations: InitiativeLocation[] };
export type Indicators = Schemas["indicators"];
export type Indicator = Schemas["indicator"];
export type Charts = Schemas["charts"];
export type Chart = Schemas["chart"];
export type Problem = Schemas["problem"];

/** One field, in the words of JSON Schema (OGC API Common 3). */
export interface Property {
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  oneOf?: { const: string; title: string }[];
  items?: Property;
  "x-ogc-unit"?: string;
  "x-ogc-role"?: string;
  "x-ogc-collectionId"?: string;
  "x-ogc-propertySeq"?: number;
}

export interface Schema {
  title?: string;
  properties: Record<string, Property>;
}

export interface Feature {
  type: "Feature";
  id: string;
  geometry: GeoJSON.Geometry | null;
  properties: Record<string, unknown>;
}

export interface FeaturePage {
  features: Feature[];
  numberMatched?: number;
  numberReturned?: number;
}

/** What differs between two days: counts of all, and a page of them. */
export interface Differences {
  counts: { added: number; changed: number; removed: number };
  differences: {
    action: "added" | "changed" | "removed";
    id: string;
    code: string | null;
    fields: string[];
    before: Feature | null;
    after: Feature | null;
  }[];
}

/** A bare point, as the pages of places tell it. */
export interface Place {
  title: string;
  crossing: { first: string; second: string; metres: number } | null;
  within: { layer: string; code: string; title: string }[];
}

/** What lies under a click, from the tiles. */
export interface Hit {
  layer: string;
  id: string;
  properties: Record<string, unknown>;
}

/** What the register has said of a feature, one version after another. */
export interface Versions {
  versions: {
    version: number;
    recorded_from: string;
    recorded_to: string | null;
    made: Made;
    ended: Made | null;
  }[];
}

export interface Made {
  recorded_at: string;
  kind: string;
  kind_title: string;
  role: string;
  why: string | null;
  source: string | null;
}
