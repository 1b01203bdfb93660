/** The legend of a sheet: the signs that are drawn on it and no others. Pure. */

import { DIFFERENT } from "../drawn";
import { colour, type Inks } from "../images/inks";
import { NOTHING } from "../shade";
import type { Indicator, LegendLayer, LegendSymbol } from "../types";

export interface Sign {
  title: string;
  symbol: LegendSymbol;
}

/** Signs of one layer; `title` where they do not say themselves what they are of. */
export interface Group {
  title: string;
  signs: readonly Sign[];
}

/** A feature as the map drew it: by which style layer, and what it says. */
export interface Seen {
  layer: { id: string };
  properties: Record<string, unknown>;
}

/** The layers of which something is drawn, each with the signs that are; the ground comes last. */
export function groupsOf(layers: readonly LegendLayer[], seen: readonly Seen[]): Group[] {
  const drawn = new Map<string, Record<string, unknown>[]>();
  for (const { layer, properties } of seen) {
    const known = drawn.get(layer.id);
    if (known) known.push(properties);
    else drawn.set(layer.id, [properties]);
  }
  const isDrawn = ({ style_layer, where }: LegendLayer["entries"][number]) =>
    (drawn.get(style_layer) ?? []).some((known) => Object.entries(where).every(([name, code]) => known[name] === code));
  return layers.flatMap((layer): Group[] => {
    const signs = layer.entries.filter(isDrawn);
    const isOfCodes = signs.some(({ where }) => Object.keys(where).length);
    return signs.length ? [{ title: isOfCodes ? layer.title : "", signs }] : [];
  });
}

/** The groups with the `count` longest of them told by their name and one sign alone. */
export function folded(groups: readonly Group[], layers: readonly LegendLayer[], count: number): Group[] {
  const titleOf = ({ title, signs }: Group) =>
    title || (layers.find((layer) => layer.entries.some((entry) => entry === signs[0]))?.title ?? "");
  const length = ({ title, signs }: Group) => signs.length + (title ? 1 : 0);
  const longest = groups.filter((group) => length(group) > 1).sort((a, b) => length(b) - length(a));
  const short = new Set(longest.slice(0, count));
  return groups.map((group) => {
    const first = group.signs.find(({ symbol }) => symbol.type === "icon") ?? group.signs[0];
    return short.has(group) && first ? { title: "", signs: [{ ...first, title: titleOf(group) }] } : group;
  });
}

/** What an indicator colours its areas by. */
export function classesOf({ title, unit, classes, none, shape }: Indicator): Group {
  const type = shape === "point" ? "circle" : "fill";
  const hatch = shape === "point" ? {} : { hatch: "hatch-text_2-medio" };
  return {
    title: `${title} (${unit})`,
    signs: [
      ...classes.map(({ label, day }) => ({ title: label, symbol: { type, color: day } as LegendSymbol })),
      ...none.map(({ label }) => ({ title: label, symbol: { type, color: NOTHING.day, ...hatch } as LegendSymbol })),
    ],
  };
}

/** The lines of what differs between two days, those of which there are any. */
export function differencesOf(
  title: string,
  different: readonly GeoJSON.Feature[],
  words: Record<(typeof DIFFERENT)[number][0], string>,
  inks: Inks,
): Group {
  const signs = DIFFERENT.filter(([action]) => different.some(({ properties }) => properties?.["what"] === action));
  return {
    title,
    signs: signs.map(([action, ink, dash]) => ({
      title: words[action],
      symbol: { type: "line", color: colour(inks, ink), width: 4, ...(dash ? { dash } : {}) },
    })),
  };
}
