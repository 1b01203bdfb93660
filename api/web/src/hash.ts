/**
 * Where a person stands, as the address says it:
 * `#map=z/lat/lon&layers=safe_zones,-green_areas&panel=plan&feature=layer/id&lang=en&theme=dark`,
 * with `fade=roads:40` (per cent of transparency), `table=green_areas&sort=-area_m2&q=plaza`,
 * `on=2025-01-01&vs=2024-01-01&as-of=…` (the day shown, the day compared with, the recorded time), `side=50` (both
 * days side by side, parted at so many per cent of the map), `at=lat/lon`
 * (a place that was marked), `sheet=a4-landscape/5000/Plazas` (paper, scale, title) and `length=lat/lon,lat/lon` or `area=…` (what was measured).
 *
 * `panel=plan&only=theme%3Dgreen` is what is asked of the plan; of the charts, `chart=investment&by=theme`.
 * `indicator=green_per_inhabitant/census_blocks` is what the areas are coloured by.
 *
 * `layers` tells only what differs from the territory's own choice (`-` is off), so that an old
 * address still shows layers declared since.
 */

import { formatMoment, parseMoment, type MomentRef } from "./moment";
import { parseSheet, type SheetRef } from "./print/sheet";
import type { LonLat } from "./utm";

export type Lang = "es" | "en";
export type Theme = "day" | "dark";

export const PANELS = ["home", "plan", "layers", "emergency", "here", "tools", "coordinates", "measure", "print", "share", "moment", "indicators", "words", "charts"] as const;
export type Panel = (typeof PANELS)[number];

export interface View {
  zoom: number;
  lat: number;
  lon: number;
  /** Degrees clockwise from north. */
  bearing: number;
}

export interface FeatureRef {
  layer: string;
  id: string;
}

/** The table that stands under the map: of which layer, in what order (`-` falls), with what words. */
export interface TableRef {
  layer: string;
  sort: string;
  q: string;
}

/** What a person measures: points in the order they were put. */
export interface Drawn {
  kind: "length" | "area";
  points: readonly LonLat[];
}

/** An indicator, and the layer of areas that it is shown by; each empty for the usual one. */
export interface IndicatorRef {
  id: string;
  of: string;
}

export interface Place {
  view: View | null;
  layers: Record<string, boolean>;
  /** Per cent of transparency of the layers that a person made fainter. */
  fades: Record<string, number>;
  table: TableRef | null;
  mark: LonLat | null;
  drawn: Drawn | null;
  sheet: SheetRef | null;
  moment: MomentRef;
  /** Where two days part on the map, in per cent from the left; null while one is shown. */
  side: number | null;
  panel: Panel;
  only: string;
  indicator: IndicatorRef | null;
  feature: FeatureRef | null;
  lang: Lang;
  theme: Theme | null;
}

const NAME = /^[a-z][a-z0-9_]{0,47}$/;

/** The place that a hash names; whatever it does not say, or says badly, is left at its default. */
export function parseHash(hash: string): Place {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const panel = PANELS.find((name) => name === said.get("panel"));
  const theme = said.get("theme");
  return {
    view: parseView(said.get("map")),
    layers: parseLayers(said.get("layers")),
    fades: parseFades(said.get("fade")),
    table: parseTable(said),
    mark: parsePoints(said.get("at"))[0] ?? null,
    drawn: parseDrawn(said),
    sheet: parseSheet(said.get("sheet")),
    moment: parseMoment(said),
    side: parseSide(said),
    panel: panel ?? "home",
    only: (said.get("only") ?? "").slice(0, 500),
    indicator: parseIndicator(said.get("indicator")),
    feature: parseFeature(said.get("feature")),
    lang: said.get("lang") === "en" ? "en" : "es",
    theme: theme === "day" || theme === "dark" ? theme : null,
  };
}

/** The hash of a place, `#` included; `""` when everything is at its default. */
export function formatHash(place: Place): string {
  const parts: string[] = [];
  if (place.view) {
    const { zoom, lat, lon, bearing } = place.view;
    const digits = Math.max(3, Math.ceil(zoom / 3.3));
    const numbers = [round(zoom, 2), round(lat, digits), round(lon, digits)];
    if (round(bearing, 0) !== 0) numbers.push(round(bearing, 0));
    parts.push(`map=${numbers.join("/")}`);
  }
  const layers = Object.entries(place.layers).map(([name, on]) => (on ? name : `-${name}`));
  if (layers.length) parts.push(`layers=${layers.sort().join(",")}`);
  const fades = Object.entries(place.fades).map(([name, faded]) => `${name}:${faded}`);
  if (fades.length) parts.push(`fade=${fades.sort().join(",")}`);
  if (place.table) {
    parts.push(`table=${place.table.layer}`);
    if (place.table.sort) parts.push(`sort=${place.table.sort}`);
    if (place.table.q) parts.push(`q=${encodeURIComponent(place.table.q)}`);
  }
  if (place.mark) parts.push(`at=${formatPoints([place.mark])}`);
  if (place.drawn?.points.length) parts.push(`${place.drawn.kind}=${formatPoints(place.drawn.points)}`);
  if (place.sheet) {
    const { paper, scale, title } = place.sheet;
    parts.push(`sheet=${paper}/${scale}${title && `/${encodeURIComponent(title)}`}`);
  }
  parts.push(...formatMoment(place.moment));
  if (place.side !== null) parts.push(`side=${place.side}`);
  if (place.panel !== "home") parts.push(`panel=${place.panel}`);
  if (place.only && /plan|charts/.test(place.panel)) parts.push(`only=${encodeURIComponent(place.only)}`);
  if (place.indicator) parts.push(`indicator=${place.indicator.id}/${place.indicator.of}`);
  if (place.feature) {
    parts.push(`feature=${place.feature.layer}/${encodeURIComponent(place.feature.id)}`);
  }
  if (place.lang !== "es") parts.push(`lang=${place.lang}`);
  if (place.theme) parts.push(`theme=${place.theme}`);
  return parts.length ? `#${parts.join("&")}` : "";
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function parseView(text: string | null): View | null {
  const [zoom, lat, lon, bearing = 0, ...more] = (text ?? "").split("/").map(Number);
  if (zoom === undefined || lat === undefined || lon === undefined || more.length) return null;
  const sane =
    zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && Math.abs(bearing) <= 360;
  return sane ? { zoom, lat, lon, bearing } : null;
}

function parseLayers(text: string | null): Record<string, boolean> {
  const layers: Record<string, boolean> = {};
  for (const part of (text ?? "").split(",")) {
    const name = part.replace(/^-/, "");
    if (NAME.test(name)) layers[name] = name === part;
  }
  return layers;
}

/** The most that a layer fades: what is on is never wholly unseen. */
export const MOST_FADED = 90;

function parseFades(text: string | null): Record<string, number> {
  const fades: Record<string, number> = {};
  for (const part of (text ?? "").split(",")) {
    const [name = "", faded, ...more] = part.split(":");
    if (!NAME.test(name) || more.length || !/^[1-9][0-9]?$/.test(faded ?? "")) continue;
    fades[name] = Math.min(Number(faded), MOST_FADED);
  }
  return fades;
}

function parseTable(said: URLSearchParams): TableRef | null {
  const layer = said.get("table") ?? "";
  if (!NAME.test(layer)) return null;
  const sort = said.get("sort") ?? "";
  return { layer, sort: NAME.test(sort.replace(/^-/, "")) ? sort : "", q: (said.get("q") ?? "").slice(0, 100) };
}

/** As many points as one measures with: an address has its bounds. */
export const MOST_POINTS = 100;

function formatPoints(points: readonly LonLat[]): string {
  return points.map(([lon, lat]) => `${round(lat, 6)}/${round(lon, 6)}`).join(",");
}

function parsePoints(text: string | null): LonLat[] {
  return (text ?? "")
    .split(",")
    .slice(0, MOST_POINTS)
    .flatMap((part): LonLat[] => {
      const found = /^(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/.exec(part);
      const [lat, lon] = [Number(found?.[1]), Number(found?.[2])];
      return found && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? [[lon, lat]] : [];
    });
}

function parseDrawn(said: URLSearchParams): Drawn | null {
  const kind = said.has("area") ? "area" : "length";
  const points = parsePoints(said.get(kind));
  return points.length ? { kind, points } : null;
}

/** Two days are side by side only where there are two. */
function parseSide(said: URLSearchParams): number | null {
  const side = said.get("side") ?? "";
  return parseMoment(said).vs && /^(\d\d?|100)$/.test(side) ? Number(side) : null;
}

function parseIndicator(text: string | null): IndicatorRef | null {
  const [id = "", of = "", ...more] = (text ?? "").split("/");
  return NAME.test(id) && (!of || NAME.test(of)) && !more.length ? { id, of } : null;
}

function parseFeature(text: string | null): FeatureRef | null {
  const slash = (text ?? "").indexOf("/");
  if (!text || slash < 1) return null;
  const layer = text.slice(0, slash);
  const id = text.slice(slash + 1);
  return NAME.test(layer) && id ? { layer, id } : null;
}
