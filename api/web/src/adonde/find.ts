/**
 * One field for all that people type to say where they are: coordinates, crossings, a house's number,
 * streets, places. Reads as the search of the map does (`sitplan/asking.py`), of the package alone. Pure.
 */

import { readPlace } from "../reading";
import type { LonLat } from "../utm";
import { foldWords, numbered, pairs } from "./addresses";
import { along, crossings, named, streetsOf, sure, type Crossing, type Streets } from "./crossings";
import type { Package, Xy } from "./package";

export interface Place {
  name: string;
  /** The layer that it is of. */
  layer: string;
  at: Xy;
}

export type Note =
  | { kind: "number"; number: string; street: string; several: boolean }
  | { kind: "noCrossing"; first: string; second: string }
  | { kind: "crossesNone"; street: string }
  | { kind: "noStreet"; street: string };

export interface Found {
  coordinates: LonLat | null;
  crossings: Crossing[];
  streets: string[];
  places: Place[];
  note: Note | null;
}

const NOTHING: Found = { coordinates: null, crossings: [], streets: [], places: [], note: null };
const STREETS = 3;

/** What a text finds, as coordinates, else as streets that cross, a number, a name. */
export function find(pack: Package, text: string): Found {
  const clean = text.split(/\s+/).filter(Boolean).join(" ");
  const coordinates = readPlace(clean, boundsOf(pack));
  if (coordinates) return { ...NOTHING, coordinates };
  const streets = streetsOf(pack);
  return crossing(pack, streets, clean) ?? number(pack, streets, clean) ?? name(pack, streets, clean);
}

/** West, south, east, north: of the territory, else of what the package turns into metres. */
function boundsOf(pack: Package): [number, number, number, number] {
  const { middle, half } = pack.degrees.to_metres;
  const [x = 0, y = 0] = middle;
  const [dx = 0, dy = 0] = half;
  return pack.bounds ?? [x - dx, y - dy, x + dx, y + dy];
}

function crossing(pack: Package, streets: Streets, text: string): Found | null {
  const asked = pairs(text);
  const best = (words: string) => sure(streets, words)[0] ?? "";
  for (const pair of asked) {
    const found = pair.second ? crossings(streets, pair) : best(pair.first) ? along(streets, best(pair.first)) : [];
    if (found.length) return { ...NOTHING, crossings: found };
  }
  const told = asked.map((pair) => ({ pair, names: [best(pair.first), best(pair.second)] as const }));
  const count = (one: (typeof told)[number]) => one.names.filter(Boolean).length;
  const most = told.reduce<(typeof told)[number] | null>((so, one) => (!so || count(one) > count(so) ? one : so), null);
  if (!most || !count(most) || isName(pack, streets, text)) return null;
  const { pair, names: [first, second] } = most; // prettier-ignore
  const note: Note =
    first && second
      ? { kind: "noCrossing", first, second }
      : pair.second
        ? { kind: "noStreet", street: first ? pair.second : pair.first }
        : { kind: "crossesNone", street: first };
  return { ...NOTHING, streets: [first, second].filter(Boolean), note };
}

function number(pack: Package, streets: Streets, text: string): Found | null {
  const asked = numbered(text);
  const names = asked ? sure(streets, asked.street).slice(0, STREETS) : [];
  const [street] = names;
  if (!asked || !street || isName(pack, streets, text)) return null;
  return { ...NOTHING, streets: names, note: { kind: "number", number: asked.number, street, several: names.length > 1 } };
}

/** Whether a street or a place has all the words in its name. */
const isName = (pack: Package, streets: Streets, text: string) => sure(streets, text).length > 0 || placesNamed(pack, text).length > 0;

function name(pack: Package, streets: Streets, text: string): Found {
  const found = named(streets, text);
  let places = placesNamed(pack, text);
  if (!places.length) places = placesOf(pack, text);
  if (!places.length && !found.length) places = placesNamed(pack, text, heard);
  // a street that only resembles what was typed gives way to a place that has its words
  return { ...NOTHING, places, streets: found.filter(({ rank }) => rank || !places.length).map((one) => one.name) };
}

/** The places of the layers that the words tell by their title: "punto de encuentro". */
function placesOf(pack: Package, text: string): Place[] {
  const words = foldWords(text).split(" ").map((word) => (word.length > 4 ? word.replace(/s$/, "") : word));
  if (Math.max(...words.map((word) => word.length)) < 3) return [];
  const tells = (title: string) => words.every((word) => ` ${foldWords(title)}`.includes(` ${word}`));
  const meant = Object.entries(pack.titles?.place ?? {}).filter(([, titles]) => Object.values(titles).some(tells));
  return (pack.places ?? [])
    .filter(([, , , layer]) => meant.some(([name]) => name === layer))
    .map(([x, y, name, layer]) => ({ name, layer, at: [x / 10, y / 10] as Xy }))
    .sort((p, q) => p.name.localeCompare(q.name, "es"));
}

/** Words as they sound, which is how they are often written: "plasa", "varrio", "eskuela". */
export function heard(text: string): string {
  return foldWords(text)
    .replace(/qu?(?=[ei])|[kq]|c(?![eih])/g, "k")
    .replace(/z|c(?=[ei])/g, "s")
    .replace(/g(?=[ei])/g, "j")
    .replace(/[vw]/g, "b")
    .replace(/ll|y/g, "i")
    .replace(/h/g, "");
}

/** The places whose name has every word, or its beginning; those that begin so first. */
export function placesNamed(pack: Package, text: string, read = foldWords): Place[] {
  const words = read(text).split(" ").filter(Boolean);
  if (!words.length) return [];
  const start = words.join(" ");
  return (pack.places ?? [])
    .map(([x, y, name, layer]) => ({ name, layer, at: [x / 10, y / 10] as Xy, folded: read(name) }))
    .filter(({ folded }) => words.every((word) => ` ${folded}`.includes(` ${word}`)))
    .sort((p, q) => Number(q.folded.startsWith(start)) - Number(p.folded.startsWith(start)) || p.name.localeCompare(q.name, "es"))
    .map(({ name, layer, at }) => ({ name, layer, at }));
}
