/** The evacuation package as the server sends it, and as a page walks it. Pure. */

import type { Lang } from "../hash";

export type Titles = Record<string, Record<Lang, string>>;
export type Xy = [number, number];

export const WHO = ["adult", "child", "older", "reduced_mobility"] as const;
export type Who = (typeof WHO)[number];

export interface Tree {
  hop: string;
  /** Node, target, node, target… */
  last: number[];
  /** Edge, share of it, metres from it to the place, and which exit. */
  targets: [number, number, number, number][];
}

export interface Exit {
  id: string | null;
  code: string | null;
  kind: "meeting_points" | "safe_zones";
  name: string | null;
  hazards: string[];
  at: number[];
  rings?: number[][];
  accessible?: string;
  capacity?: number;
  usable_m2?: number;
  water?: boolean;
  toilets?: boolean;
  lighting?: boolean;
}

export interface Zone {
  name: string | null;
  depth: number;
  arrival_min: number | null;
  rings: number[][];
}

export interface Hazard {
  code: string;
  zones: Zone[];
  cuts: number[][];
  depth: string;
  uncrossed: number[];
  rivers: string[];
  ways: Record<Who, Record<string, { tree: number }>>;
}

interface Fit {
  middle: number[];
  half: number[];
  terms: number[][];
}

export interface Package {
  version: number;
  made: string;
  origin: number[];
  degrees: { to_metres: Fit; to_degrees: Fit };
  /** Where heights came from; null where the ground is taken as flat. */
  relief: { source: string; cell_m: number; covered_pct: number } | null;
  profiles: Record<Who, { speed_ms: number; stairs: boolean }>;
  streets: {
    nodes: number;
    a: number[];
    b: number[];
    cm: number[];
    effort_ab?: number[];
    effort_ba?: number[];
    line: number[][];
    name: number[];
    names: string[];
    kind: number[];
    kinds: string[];
    barred: number[];
    bridge: number[];
    stairs: number[];
  };
  exits: Exit[];
  hazards: Hazard[];
  trees: Tree[];
  water: number[][];
  landmarks: [number, number, string][];
  territory: Record<Lang, string>;
  /** West, south, east, north. A package that a phone kept from before has none, nor places. */
  bounds?: [number, number, number, number];
  /** What people may name to say where they are: x, y, name, layer. */
  places?: [number, number, string, string][];
  titles: { hazard: Titles; level: Titles; class: Titles; accessible: Titles; place?: Titles };
  sources: {
    layer: string;
    title: Record<Lang, string>;
    custodian: string;
    illustrative: boolean;
    publisher: string;
    date: string;
    licence: string;
  }[];
}

/** The form of the package that this page reads. */
export const VERSION = 1;

/** Steps in decimetres → points in metres from the origin. */
export function points(steps: readonly number[]): Xy[] {
  const found: Xy[] = [];
  let [x, y] = [0, 0];
  for (let i = 0; i + 1 < steps.length; i += 2) {
    x += steps[i] ?? 0;
    y += steps[i + 1] ?? 0;
    found.push([x / 10, y / 10]);
  }
  return found;
}

function evaluate(fit: Fit, p: Xy): Xy {
  const [u = 0, v = 0] = [0, 1].map((k) => ((p[k] ?? 0) - (fit.middle[k] ?? 0)) / (fit.half[k] ?? 1));
  const out = [0, 0];
  let n = 0;
  for (let i = 0; i <= 5; i++)
    for (let j = 0; j <= 5 - i; j++, n++)
      for (const k of [0, 1]) out[k] = (out[k] ?? 0) + (fit.terms[k]?.[n] ?? 0) * u ** i * v ** j;
  return [out[0] ?? 0, out[1] ?? 0];
}

/** Longitude and latitude → metres from the origin; null far outside of what the package covers. */
export function toMetres(pack: Package, lonLat: Xy): Xy | null {
  const fit = pack.degrees.to_metres;
  const out = [0, 1].some((k) => Math.abs((lonLat[k] ?? 0) - (fit.middle[k] ?? 0)) > (fit.half[k] ?? 0));
  if (out) return null;
  const [x, y] = evaluate(fit, lonLat);
  return [x - (pack.origin[0] ?? 0), y - (pack.origin[1] ?? 0)];
}

/** Metres from the origin → longitude and latitude. */
export function toDegrees(pack: Package, [x, y]: Xy): Xy {
  return evaluate(pack.degrees.to_degrees, [x + (pack.origin[0] ?? 0), y + (pack.origin[1] ?? 0)]);
}

/** Whether a point is inside an area: within an odd number of its rings. */
export function inside(rings: readonly Xy[][], [x, y]: Xy): boolean {
  let odd = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as Xy;
      const [bx, by] = ring[i] as Xy;
      if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) odd = !odd;
    }
  }
  return odd;
}

export const length = (line: readonly Xy[]): number =>
  line.reduce((sum, p, i) => (i ? sum + Math.hypot(p[0] - (line[i - 1] as Xy)[0], p[1] - (line[i - 1] as Xy)[1]) : 0), 0);

/** The part of a line between two shares of its length, in that sense. */
export function part(line: readonly Xy[], start: number, end: number): Xy[] {
  if (start > end) return part(line, end, start).reverse();
  const whole = length(line) || 1;
  const found: Xy[] = [];
  let gone = 0;
  for (let i = 1; i < line.length; i++) {
    const [p, q] = [line[i - 1] as Xy, line[i] as Xy];
    const step = Math.hypot(q[0] - p[0], q[1] - p[1]);
    const at = (share: number): Xy => {
      const t = step ? Math.min(Math.max((share * whole - gone) / step, 0), 1) : 0;
      return [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
    };
    const last = i === line.length - 1;
    if (gone + step >= start * whole - 1e-9 || last) {
      if (!found.length) found.push(at(start));
      if (gone + step >= end * whole - 1e-9 || last) {
        found.push(at(end));
        return found;
      }
      found.push(q);
    }
    gone += step;
  }
  return found;
}
