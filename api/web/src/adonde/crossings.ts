/**
 * The streets of the package by their names, and where they cross: as `sitplan/crossings.py` finds
 * them, of the same network. Pure.
 */

import { bare, foldWords, isNoName, wordsOf, type Pair } from "./addresses";
import { points, type Package, type Xy } from "./package";

/** Meetings so near one another are one crossing, as where a street has two carriageways. */
const NEAR_M = 30;
/** From this rank on words name a street; below they begin or resemble its name. */
const SURE = 2;
const LIKE = 0.8;
const FEW = 12;
/** So near a crossing a place is at it. */
const AT_M = 25;

export interface Crossing {
  first: string;
  second: string;
  at: Xy;
}

interface Named {
  name: string;
  words: readonly string[];
  bare: readonly string[];
  nodes: number[];
}

export interface Streets {
  named: Map<string, Named>;
  at: Map<number, Xy>;
}

const kept = new WeakMap<Package, Streets>();

/** Every street that has a name, and the nodes that it goes through; made once for a package. */
export function streetsOf(pack: Package): Streets {
  const before = kept.get(pack);
  if (before) return before;
  const s = pack.streets;
  const [nodes, at] = [new Map<string, Set<number>>(), new Map<number, Xy>()];
  s.name.forEach((number, edge) => {
    const name = s.names[number];
    if (name === undefined) return;
    const line = points(s.line[edge] ?? []);
    const own = nodes.get(name) ?? new Set();
    nodes.set(name, own);
    for (const [node, place] of [[s.a[edge], line[0]], [s.b[edge], line.at(-1)]] as const) {
      if (node === undefined || !place) continue;
      own.add(node);
      at.set(node, place);
    }
  });
  const named = new Map(
    [...nodes].map(([name, own]) => {
      const words = wordsOf(name);
      return [name, { name, words, bare: bare(words), nodes: [...own].sort((p, q) => p - q) }];
    }),
  );
  const found = { named, at };
  kept.set(pack, found);
  return found;
}

/**
 * The streets that the words name, the best first, each with its rank: 4 the very name, 3 without
 * words as «calle», 2 all its words, 1 their beginnings, 0 alike.
 */
export function named(streets: Streets, text: string): { name: string; rank: number }[] {
  const asked = wordsOf(text);
  if (!asked.length) return [];
  const short = bare(asked);
  let found = [...streets.named.values()]
    .map((one) => ({ name: one.name, rank: rankOf(one, asked, short) }))
    .filter(({ rank }) => rank);
  if (!found.length) found = alike(streets, short.join(""));
  return found.sort((p, q) => q.rank - p.rank || p.name.length - q.name.length || order(p.name, q.name)).slice(0, FEW);
}

/** The streets that the words name, not those that they begin or resemble. */
export function sure(streets: Streets, text: string): string[] {
  if (isNoName(wordsOf(text))) return [];
  return named(streets, text).filter(({ rank }) => rank >= SURE).map(({ name }) => name);
}

const order = (p: string, q: string) => (p < q ? -1 : p > q ? 1 : 0);
const same = (p: readonly string[], q: readonly string[]) => p.join(" ") === q.join(" ");

function rankOf(one: Named, asked: readonly string[], short: readonly string[]): number {
  if (same(one.words, asked)) return 4;
  if (one.bare.join("") === short.join("")) return 3;
  if (short.every((word) => one.words.includes(word))) return 2;
  const begun = short.every((word) => one.words.some((own) => own.startsWith(word)));
  return begun && Math.max(...short.map((word) => word.length)) >= 3 ? 1 : 0;
}

const digits = (text: string) => (text.match(/\d+/g) ?? []).join(" ");

function alike(streets: Streets, asked: string): { name: string; rank: number }[] {
  if (asked.length < 4) return [];
  return [...streets.named.values()]
    .map((one) => ({ name: one.name, rank: 0, own: one.bare.join("") }))
    .filter(({ own }) => Math.abs(own.length - asked.length) <= 3 && digits(own) === digits(asked))
    .filter(({ own }) => (2 * matching(asked, own)) / (asked.length + own.length) >= LIKE);
}

/** Letters in common, in order: of the longest run, then of what is left before and after it. */
function matching(p: string, q: string): number {
  let [from, at, size] = [0, 0, 0];
  for (let i = 0; i < p.length; i++)
    for (let j = 0; j < q.length; j++) {
      let n = 0;
      while (i + n < p.length && j + n < q.length && p[i + n] === q[j + n]) n++;
      if (n > size) [from, at, size] = [i, j, n];
    }
  if (!size) return 0;
  return size + matching(p.slice(0, from), q.slice(0, at)) + matching(p.slice(from + size), q.slice(at + size));
}

/** Where the two meet, those of the best named first; empty where they do not. */
export function crossings(streets: Streets, asked: Pair): Crossing[] {
  const [firsts, seconds] = [named(streets, asked.first), named(streets, asked.second)];
  const ways = firsts
    .flatMap((p) => seconds.map((q) => ({ rank: p.rank + q.rank, name: p.name, other: q.name })))
    .filter(({ name, other }) => name !== other)
    .sort((p, q) => q.rank - p.rank || order(p.name, q.name) || order(p.other, q.other));
  const seen = new Set<string>();
  return ways.flatMap(({ name, other }) => {
    const key = [name, other].sort(order).join("\n");
    if (seen.has(key)) return [];
    seen.add(key);
    return meetings(streets, name, other).map((at) => ({ first: name, second: other, at }));
  });
}

function meetings(streets: Streets, name: string, other: string): Xy[] {
  const [one, two] = [name, other].map((each) => streets.named.get(each)?.nodes ?? []) as [number[], number[]];
  const place = (node: number) => streets.at.get(node) as Xy;
  const shared = one.filter((node) => two.includes(node));
  if (shared.length) return apart(shared.map(place));
  let [least, found] = [NEAR_M, null as Xy | null];
  for (const p of one.map(place))
    for (const q of two.map(place)) {
      const off = away(p, q);
      if (off <= least) [least, found] = [off, [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2]];
    }
  return found ? [found] : [];
}

const away = (p: Xy, q: Xy) => Math.hypot(p[0] - q[0], p[1] - q[1]);

/** One place for those that are near one another: the one nearest their middle. */
function apart(places: Xy[]): Xy[] {
  let left = [...places].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const found: Xy[] = [];
  while (left[0]) {
    const start = left[0];
    const group = left.filter((p) => away(p, start) <= NEAR_M);
    const middle: Xy = [0, 1].map((k) => group.reduce((sum, p) => sum + (p[k] ?? 0), 0) / group.length) as Xy;
    found.push(group.reduce((best, p) => (away(p, middle) < away(best, middle) ? p : best), start));
    left = left.filter((p) => away(p, start) > NEAR_M);
  }
  return found;
}

/** The crossings of a street with all others, in the order of their names. */
export function along(streets: Streets, name: string): Crossing[] {
  const own = new Set(streets.named.get(name)?.nodes);
  return [...streets.named.values()]
    .filter((other) => other.name !== name && other.nodes.some((node) => own.has(node)))
    .flatMap((other) => meetings(streets, name, other.name).map((at) => ({ first: name, second: other.name, at })))
    .sort((p, q) => order(foldWords(p.second), foldWords(q.second)) || p.at[0] - q.at[0]);
}

/** The crossing where a place is, the greater street first; null where it is at none. */
export function cornerAt(streets: Streets, place: Xy): Crossing | null {
  const names = new Map<number, Named[]>();
  const greater = [...streets.named.values()].sort((p, q) => q.nodes.length - p.nodes.length || order(p.name, q.name));
  for (const one of greater)
    for (const node of one.nodes) if (away(streets.at.get(node) as Xy, place) <= AT_M) names.set(node, [...(names.get(node) ?? []), one]);
  let [least, found] = [Infinity, null as Crossing | null];
  for (const [node, [first, second]] of names) {
    const at = streets.at.get(node) as Xy;
    if (first && second && away(at, place) < least) [least, found] = [away(at, place), { first: first.name, second: second.name, at }];
  }
  return found;
}
