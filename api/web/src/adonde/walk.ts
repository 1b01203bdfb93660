/**
 * Follows the trees of the package. Nothing is searched for: the way from a node is the tree's, and of
 * the two ends of the street where somebody stands the better is taken, as `sitplan.analysis` does. Pure.
 */

import { WHO, inside, part, points, type Exit, type Hazard, type Package, type Who, type Xy } from "./package";

/** The streets under one hazard: cut where its zones begin. */
export interface Net {
  pack: Package;
  hazard: Hazard;
  zones: { depth: number; rings: Xy[][] }[];
  a: number[];
  b: number[];
  metres: number[];
  /** Flat metres that an edge is worth from a to b, and from b to a. */
  ab: number[];
  ba: number[];
  line: Xy[][];
  base: number[];
  around: number[][];
  uncrossed: ReadonlySet<number>;
}

export interface Stand {
  edge: number;
  share: number;
  walk: number;
  foot: Xy;
}

export interface Span {
  edge: number;
  start: number;
  end: number;
}

export interface Trip {
  who: Who;
  depth: number;
  metres: number;
  seconds: number;
  exit: number;
  spans: Span[];
  line: Xy[];
  from: Stand;
  /** Metres from the street to the safe place. */
  walk: number;
}

export function netOf(pack: Package, hazard: Hazard): Net {
  const s = pack.streets;
  const net: Net = {
    pack, hazard, a: [], b: [], metres: [], ab: [], ba: [], line: [], base: [], around: [],
    uncrossed: new Set(hazard.uncrossed),
    zones: hazard.zones.map((zone) => ({ depth: zone.depth, rings: zone.rings.map(points) })),
  };
  const cut = new Map(hazard.cuts.map(([base = 0, ...cm]) => [base, cm]));
  const push = (base: number, a: number, b: number, from: number, to: number, whole: readonly Xy[]) => {
    const share = to - from;
    const cm = s.cm[base] ?? 0;
    net.a.push(a);
    net.b.push(b);
    net.base.push(base);
    net.metres.push((cm * share) / 100);
    net.ab.push(((s.effort_ab?.[base] ?? cm) * share) / 100);
    net.ba.push(((s.effort_ba?.[base] ?? cm) * share) / 100);
    net.line.push(share === 1 ? [...whole] : part(whole, from, to));
  };
  s.line.forEach((steps, base) => {
    if (!cut.has(base)) push(base, s.a[base] ?? 0, s.b[base] ?? 0, 0, 1, points(steps));
  });
  let fresh = s.nodes;
  for (const [base, parts] of [...cut].sort((p, q) => p[0] - q[0])) {
    const whole = parts.reduce((sum, cm) => sum + cm, 0) || 1;
    const line = points(s.line[base] ?? []);
    let [gone, before] = [0, s.a[base] ?? 0];
    parts.forEach((cm, i) => {
      const last = i === parts.length - 1;
      const after = last ? (s.b[base] ?? 0) : fresh++;
      push(base, before, after, gone / whole, last ? 1 : (gone + cm) / whole, line);
      gone += cm;
      before = after;
    });
  }
  net.around = Array.from({ length: fresh }, () => []);
  net.a.forEach((a, edge) => {
    const b = net.b[edge] ?? 0;
    if (a === b) return;
    net.around[a]?.push(edge);
    net.around[b]?.push(edge);
  });
  return net;
}

/** Position in the levels of the deepest zone at a place; 0 outside all of them. */
export function depthAt(net: Net, place: Xy): number {
  return net.zones.reduce((most, zone) => (zone.depth > most && inside(zone.rings, place) ? zone.depth : most), 0);
}

/** So near a meeting point somebody is there. */
const THERE_M = 25;

/** The safe place where somebody already stands; null where they have to go. */
export function goalAt(net: Net, place: Xy, who: Who): Exit | null {
  const tree = net.pack.trees[net.hazard.ways[who]["0"]?.tree ?? -1];
  if (!tree || depthAt(net, place)) return null;
  const goals = [...new Set(tree.targets.map(([, , , exit]) => exit))].map((exit) => net.pack.exits[exit]);
  const isThere = ({ rings, at: [x = 0, y = 0] }: Exit) =>
    rings ? inside(rings.map(points), place) : Math.hypot(x / 10 - place[0], y / 10 - place[1]) <= THERE_M;
  return goals.find((one) => one && isThere(one)) ?? null;
}

/** Whether somebody may use an edge who starts at a depth. */
function isOpen(net: Net, edge: number, who: Who, depth: number): boolean {
  const barred = (net.pack.streets.barred[net.base[edge] ?? 0] ?? 0) & (1 << WHO.indexOf(who));
  return !barred && !net.uncrossed.has(edge) && Number(net.hazard.depth[edge] ?? 0) <= depth;
}

/** The nearest place on the streets that are open. */
export function stand(net: Net, place: Xy, who: Who, depth: number): Stand | null {
  let best: Stand | null = null;
  let least = Infinity;
  net.line.forEach((line, edge) => {
    let [gone, along, near] = [0, 0, Infinity];
    let foot: Xy = place;
    for (let i = 1; i < line.length; i++) {
      const [p, q] = [line[i - 1] as Xy, line[i] as Xy];
      const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
      const step = Math.hypot(dx, dy);
      const t = step ? Math.min(Math.max(((place[0] - p[0]) * dx + (place[1] - p[1]) * dy) / step ** 2, 0), 1) : 0;
      const at: Xy = [p[0] + t * dx, p[1] + t * dy];
      const off = Math.hypot(place[0] - at[0], place[1] - at[1]);
      if (off < near) [near, foot, along] = [off, at, gone + t * step];
      gone += step;
    }
    if (near < least && isOpen(net, edge, who, depth)) {
      least = near;
      best = { edge, share: gone ? along / gone : 0, walk: near, foot };
    }
  });
  return best;
}

interface Rest {
  metres: number;
  effort: number;
  spans: Span[];
  target: number;
}

const lasts = new WeakMap<object, Map<number, number>>();

function lastOf(tree: Package["trees"][number]): Map<number, number> {
  let found = lasts.get(tree);
  if (!found) {
    found = new Map();
    for (let i = 0; i + 1 < tree.last.length; i += 2) found.set(tree.last[i] ?? 0, tree.last[i + 1] ?? 0);
    lasts.set(tree, found);
  }
  return found;
}

/** The way from a node to its safe place; null where none is reached. */
export function follow(net: Net, number: number, node: number): Rest | null {
  const tree = net.pack.trees[number];
  if (!tree) return null;
  const rest: Rest = { metres: 0, effort: 0, spans: [], target: -1 };
  for (let guard = 0; guard <= net.around.length; guard++) {
    const sign = tree.hop[node];
    if (sign === undefined || sign === "-") return null;
    if (sign === "!") {
      rest.target = lastOf(tree).get(node) ?? -1;
      const [edge = -1, share = 0, walk = 0] = tree.targets[rest.target] ?? [];
      if (edge < 0) return null;
      const [fromA, fromB] = [(net.ab[edge] ?? 0) * share, (net.ba[edge] ?? 0) * (1 - share)];
      const isLoop = net.a[edge] === net.b[edge];
      const start = isLoop ? Number(fromB < fromA) : Number(net.b[edge] === node);
      rest.effort += (start ? fromB : fromA) + walk;
      rest.metres += Math.abs(share - start) * (net.metres[edge] ?? 0) + walk;
      rest.spans.push({ edge, start, end: share });
      return rest;
    }
    const edge = net.around[node]?.[sign.charCodeAt(0) - 48];
    if (edge === undefined) return null;
    const ahead = net.a[edge] === node;
    rest.metres += net.metres[edge] ?? 0;
    rest.effort += (ahead ? net.ab[edge] : net.ba[edge]) ?? 0;
    rest.spans.push({ edge, start: Number(!ahead), end: Number(ahead) });
    node = (ahead ? net.b[edge] : net.a[edge]) ?? 0;
  }
  return null;
}

/** The way of somebody from a place to the nearest safe place; null where none is reached. */
export function trip(net: Net, place: Xy, who: Who): Trip | null {
  const depth = depthAt(net, place);
  const number = net.hazard.ways[who][String(depth)]?.tree;
  const from = stand(net, place, who, depth);
  const tree = number === undefined ? undefined : net.pack.trees[number];
  if (!from || !tree || number === undefined) return null;
  const { edge, share } = from;
  const whole = { m: net.metres[edge] ?? 0, ab: net.ab[edge] ?? 0, ba: net.ba[edge] ?? 0 };
  let best: Rest | null = null;
  for (const end of [0, 1]) {
    const rest = follow(net, number, (end ? net.b[edge] : net.a[edge]) ?? 0);
    if (!rest) continue;
    const effort = rest.effort + (end ? whole.ab * (1 - share) : whole.ba * share);
    if (best && effort >= best.effort) continue;
    const metres = rest.metres + Math.abs(end - share) * whole.m;
    best = { ...rest, effort, metres, spans: [{ edge, start: share, end }, ...rest.spans] };
  }
  tree.targets.forEach(([at, to, walk], target) => {
    if (at !== edge) return;
    const effort = (to >= share ? whole.ab : whole.ba) * Math.abs(to - share) + walk;
    if (best && effort >= best.effort) return;
    best = { effort, metres: Math.abs(to - share) * whole.m + walk, target, spans: [{ edge, start: share, end: to }] };
  });
  if (!best) return null;
  const [, , walk = 0, exit = 0] = tree.targets[best.target] ?? [];
  const spans = best.spans.filter((span) => span.start !== span.end);
  const goal = net.pack.exits[exit];
  const line = [place, from.foot, ...spans.flatMap((span) => part(net.line[span.edge] ?? [], span.start, span.end))];
  if (goal?.kind === "meeting_points" && walk > 0) line.push([(goal.at[0] ?? 0) / 10, (goal.at[1] ?? 0) / 10]);
  return {
    who, depth, exit, from, walk, spans,
    metres: best.metres + from.walk,
    seconds: (best.effort + from.walk) / net.pack.profiles[who].speed_ms,
    line: line.filter((p, i) => !i || Math.hypot(p[0] - (line[i - 1] as Xy)[0], p[1] - (line[i - 1] as Xy)[1]) > 0.05),
  };
}
