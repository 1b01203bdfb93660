/** A way in pieces that a sentence can tell: streets, turns, landmarks. Pure. */

import { distance } from "../format";
import type { Lang } from "../hash";
import { part, points, type Package, type Xy } from "./package";
import type { Net, Trip } from "./walk";

/** A way that is longer is not told: nobody takes it. The page of a place leaves it out too. */
export const LONGEST_M = 10_000;

/** "340 m", "1,2 km": to ten metres, as the page of a place tells walks. */
export function walked(metres: number, lang: Lang): string {
  const whole = Math.round(metres);
  const tens = Math.max(Math.round(whole / 10) * 10, 10);
  return distance(tens < 1000 ? tens : Math.round(whole / 100) * 100, lang);
}

/** Whole minutes that are surely enough, as the page of a place tells them. */
export const minutesOf = (seconds: number) => Math.max(Math.ceil(seconds / 60), 1);

export type Turn = "start" | "straight" | "left" | "right" | "back";

export interface Piece {
  turn: Turn;
  street: string;
  hasName: boolean;
  metres: number;
  /** Degrees clockwise from north. */
  heading: number;
  landmark: string | null;
}

const NEAR_M = 35;

/** The street of an edge: its name, or what kind of way it is. */
export function streetOf(pack: Package, base: number, lang: Lang): { text: string; hasName: boolean } {
  const name = pack.streets.names[pack.streets.name[base] ?? -1];
  if (name !== undefined) return { text: name, hasName: true };
  const kind = pack.streets.kinds[pack.streets.kind[base] ?? -1] ?? "other";
  return { text: (pack.titles.class[kind]?.[lang] ?? kind).toLowerCase(), hasName: false };
}

const bearing = (p: Xy, q: Xy) => ((Math.atan2(q[0] - p[0], q[1] - p[1]) * 180) / Math.PI + 360) % 360;

/** What stands beside a place and has a name. */
function landmarkAt(pack: Package, at: Xy): string | null {
  let [least, found] = [NEAR_M, null as string | null];
  for (const [x, y, name] of pack.landmarks) {
    const off = Math.hypot(x / 10 - at[0], y / 10 - at[1]);
    if (off < least) [least, found] = [off, name];
  }
  return found;
}

/** The pieces of a way, one a street, in order. */
export function pieces(net: Net, way: Trip, lang: Lang): Piece[] {
  const found: (Piece & { line: Xy[] })[] = [];
  for (const span of way.spans) {
    const base = net.base[span.edge] ?? 0;
    const metres = Math.abs(span.end - span.start) * (net.metres[span.edge] ?? 0);
    const line = part(net.line[span.edge] ?? [], span.start, span.end);
    if (metres < 0.5 || line.length < 2) continue;
    const { text, hasName } = streetOf(net.pack, base, lang);
    const before = found.at(-1);
    if (before?.street === text && before.hasName === hasName) {
      before.metres += metres;
      before.line.push(...line);
      continue;
    }
    const heading = bearing(line[0] as Xy, line[1] as Xy);
    let turn: Turn = "start";
    if (before) {
      const came = bearing(before.line.at(-2) as Xy, before.line.at(-1) as Xy);
      const angle = ((heading - came + 540) % 360) - 180;
      turn = Math.abs(angle) < 35 ? "straight" : Math.abs(angle) > 150 ? "back" : angle > 0 ? "right" : "left";
    }
    found.push({ turn, street: text, hasName, metres, heading, line, landmark: before ? landmarkAt(net.pack, line[0] as Xy) : null });
  }
  return found.map(({ turn, street, hasName, metres, heading, landmark }) => ({ turn, street, hasName, metres, heading, landmark }));
}

/** How much of a way is inside the zones of the hazard. */
export function metresInside(net: Net, way: Trip): number {
  return way.spans.reduce(
    (sum, { edge, start, end }) =>
      sum + (Number(net.hazard.depth[edge] ?? 0) > 0 ? Math.abs(end - start) * (net.metres[edge] ?? 0) : 0),
    0,
  );
}

/** The middle of a street, and the streets that it meets with where it does. */
export function cornersOf(pack: Package, street: number): { middle: Xy; corners: { name: string; at: Xy }[] } {
  const s = pack.streets;
  const node = new Map<number, Xy>();
  const middles: Xy[] = [];
  s.name.forEach((name, edge) => {
    if (name !== street) return;
    const line = points(s.line[edge] ?? []);
    node.set(s.a[edge] ?? 0, line[0] as Xy);
    node.set(s.b[edge] ?? 0, line.at(-1) as Xy);
    middles.push(part(line, 0, 0.5).at(-1) as Xy);
  });
  const corners = new Map<string, Xy>();
  s.name.forEach((name, edge) => {
    const other = s.names[name];
    if (other === undefined || name === street) return;
    for (const end of [s.a[edge], s.b[edge]]) {
      const at = node.get(end ?? -1);
      if (at && !corners.has(other)) corners.set(other, at);
    }
  });
  const sum = middles.reduce<Xy>(([x, y], p) => [x + p[0] / middles.length, y + p[1] / middles.length], [0, 0]);
  const off = (p: Xy) => Math.hypot(p[0] - sum[0], p[1] - sum[1]);
  const middle = middles.reduce((best, p) => (off(p) < off(best) ? p : best), middles[0] ?? [0, 0]);
  return {
    middle,
    corners: [...corners].map(([name, at]) => ({ name, at })).sort((p, q) => p.name.localeCompare(q.name, "es")),
  };
}
