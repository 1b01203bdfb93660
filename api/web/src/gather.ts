/** Pins that would hide one another, gathered where the first of them stands. Pure. */

/** So near, in pixels, that a finger could not tell them apart: no two gatherings lie nearer than this. */
export const NEAR_PX = 44;

/** Groups in the order of their first, each of one or more; whoever is near several goes to the nearest. */
export function gather<Pin extends { x: number; y: number }>(pins: readonly Pin[]): [Pin, ...Pin[]][] {
  const groups: [Pin, ...Pin[]][] = [];
  for (const pin of pins) {
    const away = ([first]: [Pin, ...Pin[]]) => Math.hypot(pin.x - first.x, pin.y - first.y);
    const near = groups.filter((group) => away(group) < NEAR_PX).sort((p, q) => away(p) - away(q))[0];
    if (near) near.push(pin);
    else groups.push([pin]);
  }
  return groups;
}

/** How many there are of each code, in the order of `codes`; what has none of them comes last, as "". */
export function tally(values: readonly unknown[], codes: readonly string[]): [string, number][] {
  const counts = new Map<string, number>([...codes, ""].map((code) => [code, 0]));
  for (const value of values) {
    const code = codes.includes(String(value)) ? String(value) : "";
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count);
}
