/** The answers of the API that the map reads. */

export interface Source {
  title?: string | null;
  publisher?: string | null;
  method?: string | null;
  date?: string | null;
  licence?: string | null;
  url?: string | null;
}

export interface LegendSymbol {
  type: "fill" | "line" | "circle" | "icon";
  color?: string | null;
  line?: string | null;
  width?: number | null;
  dash?: number[] | null;
  icon?: string | null;
  hatch?: string | null;
}

export interface LegendEntry {
  title: string;
  symbol: LegendSymbol;
}

export interface LegendLayer {
  name: string;
  title: string;
  description: string;
  count: number;
  shown: boolean;
  illustrative: boolean;
  custodian: string;
  source: Source;
  geometry: string | null;
  zoom: [number, number];
  label: string | null;
  style_layers: string[];
  entries: LegendEntry[];
}

export interface LegendGroup {
  name: string;
  title: string;
  layers: LegendLayer[];
}

export interface Territory {
  name: string;
  kind: string;
  bounds: [number, number, number, number];
  view: { center: [number, number]; zoom: number };
  time_zone: string;
  illustrative: boolean;
}

export interface Legend {
  territory: Territory;
  groups: LegendGroup[];
}

export interface Found {
  layer: string;
  layer_title: string;
  id: string;
  code: string;
  title: string;
  detail: string | null;
  point: [number, number] | null;
  bbox: [number, number, number, number] | null;
}

export interface PlanNode {
  id: string;
  code: string;
  kind: string;
  kind_title: string;
  title: string;
  status: string | null;
  status_title: string | null;
  theme: string | null;
  theme_title: string | null;
  place_hint: string | null;
  placed: boolean;
  invented: boolean;
  children: PlanNode[];
}

export interface PlanBranch {
  code: string;
  title: string;
  children: PlanNode[];
}

export interface Objective {
  code: string;
  title: string;
}

export interface Strategy {
  code: string;
  title: string;
  count: number;
  objectives: Objective[];
  plans: PlanBranch[];
}

export interface Plan {
  strategies: Strategy[];
}

export interface InitiativeLocation {
  id: string;
  name: string | null;
  precision: string | null;
  precision_title?: string | null;
  geometry: GeoJSON.Geometry | null;
}

export interface Initiative extends PlanNode {
  properties: Record<string, unknown>;
  path: { code: string; title: string; kind: string; kind_title?: string }[];
  objectives: Objective[];
  locations: InitiativeLocation[];
}

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

/** What lies under a click, from the tiles. */
export interface Hit {
  layer: string;
  id: string;
  properties: Record<string, unknown>;
}
