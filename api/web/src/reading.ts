/**
 * Where a text says that a place is, if it is written as coordinates: what the search of the server
 * reads (`sitplan/coordinates.py`), for whoever types without it. The cases of tests/data hold both. Pure.
 */

import { fromUtm, zoneOf, type LonLat } from "./utm";

type Box = readonly [number, number, number, number];

const MARKS: [RegExp, string][] = [
  [/[’‘′´`]/g, "'"],
  [/[”“″]/g, '"'],
  [/[−–—]/g, "-"],
  [/[º˚]/g, "°"],
  [/[\u00a0\u202f\u2009…]/g, " "],
  [/''/g, '"'],
];
const MOST = 120;

/**
 * The place that a text means, or null. Degrees with or without minutes, signs, letters or words, in
 * either order, or UTM with or without its zone; what is ambiguous is read as a place within `bounds`.
 */
export function readPlace(text: string, bounds: Box): LonLat | null {
  const clean = MARKS.reduce((so, [mark, plain]) => so.replace(mark, plain), text.slice(0, MOST).toUpperCase()).trim();
  const found = readUtm(clean, bounds) ?? readDegrees(clean, bounds);
  return found && Math.abs(found[0]) <= 180 && Math.abs(found[1]) <= 90 ? found : null;
}

// Metres have six or seven digits, with or without marks of thousands.
const METRES = /(?<![\d.,])(\d{1,3}(?:([. ])\d{3}(?:\2\d{3})?)(?![\d.])|\d{6,7})(?:[.,](\d+))?/g;
const ZONE = /^\s*(?:UTM\s*)?(?:(?:ZONA|ZONE|HUSO|H)\.?\s*)?(\d{1,2})\s*([A-Z]|SUR|SOUTH|NORTE|NORTH)?\b[\s,:;]*/;
const ZONE_AFTER = /[\s,;(]*(?:UTM\s*)?(?:ZONA|ZONE|HUSO)?\s*(\d{1,2})\s*([A-Z]|SUR|SOUTH|NORTE|NORTH)\)?\s*$/;
const UTM_WORDS =
  /COORDENADAS?|UTM|ESTE|EAST(?:ING)?|NORTE|NORTH(?:ING)?|DATUM|WGS\s*-?\s*84|SIRGAS|METROS|[ENXYMS]|[.,:;=/()\s]/g;
const SAYS_SOUTH = /(?<![A-Z])M?\.?S(?![A-Z])/;

function readUtm(text: string, bounds: Box): LonLat | null {
  const pairs = [...text.matchAll(METRES)];
  const [one, two] = pairs;
  if (pairs.length !== 2 || !one || !two) return null;
  const before = text.slice(0, one.index);
  const between = text.slice(one.index + one[0].length, two.index);
  const after = text.slice(two.index + two[0].length);
  const first = ZONE.exec(before);
  const last = first ? null : ZONE_AFTER.exec(after);
  const rest = [before.slice(first?.[0].length ?? 0), between, last ? after.slice(0, last.index) : after];
  if (rest.some((part) => part.replace(UTM_WORDS, ""))) return null;
  let [east, north] = [metres(one), metres(two)];
  // officials write the north first as often: the east has six digits, the north of ours seven
  if (east >= 1_000_000 && north < 1_000_000) [east, north] = [north, east];
  if (east < 100_000 || east >= 1_000_000 || north < 0 || north >= 10_000_000) return null;
  const [, number, letter] = first ?? last ?? [];
  const [west, south, right, top] = bounds;
  const zone = number ? Number(number) : zoneOf((west + right) / 2);
  if (zone < 1 || zone > 60) return null;
  // after a zone stands a hemisphere, or a band, whose N to X are north; S is south as ours say it
  let isSouth =
    letter === undefined || letter === "S"
      ? (south + top) / 2 < 0
      : letter === "SUR" || letter === "SOUTH" || (letter.length === 1 && letter < "N");
  if (letter === undefined && SAYS_SOUTH.test(`${between} ${after}`)) isSouth = true;
  const place = fromUtm({ zone, isSouth, east, north });
  return place.every(Number.isFinite) ? place : null;
}

const metres = ([, whole = "", , part = "0"]: RegExpMatchArray) => Number(`${whole.replace(/[. ]/g, "")}.${part}`);

const written = (some: string) => new RegExp(`(?<![A-Z])(?:${some})(?![A-Z])`, "g");
const WRITTEN: [RegExp, string][] = [
  [written("NORTE|NORTH"), "N"],
  [written("SUR|SOUTH"), "S"],
  [written("ESTE|EAST"), "E"],
  [written("OESTE|WEST|W"), "O"],
  [written("GRADOS?|DEGREES?|DEG"), "°"],
  [written("MINUTOS?|MINUTES?|MIN"), "'"],
  [written("SEGUNDOS?|SECONDS?|SEG|SEC"), '"'],
  [written("LAT(?:ITUDE?)?\\.?|LON(?:G(?:ITUDE?)?)?\\.?|GEO"), " "],
  [/[:=()[\]]|\.\.\./g, " "],
  [/(?<=\s)-(?=\s)/g, " "],
  [/^\s*([NSEO])([^NSEO]+)([NSEO])([^NSEO]+)$/, "$2 $1 $4 $3"],
];
// "28 34 33 S": where a side is said, minutes and seconds need no mark
const UNMARKED = /(?<![\d.,])(\d{1,3})\s+(\d{1,2}(?:[.,]\d+)?)(?:\s+(\d{1,2}(?:[.,]\d+)?))?(?=\s*[NSEO])/g;
const ANGLE =
  /([-+])?(\d{1,3}(?:[.,]\d+)?)\s*(°)?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*'\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*"?)?)?\s*([NSEO])?(?![A-Z])/g;

const value = (text: string | undefined) => Number((text ?? "0").replace(",", "."));

function readDegrees(text: string, bounds: Box): LonLat | null {
  let plain = WRITTEN.reduce((so, [word, sign]) => so.replace(word, sign), text);
  // "-28.57,-70.75": where points are for decimals the comma between is a comma
  if (/\d\.\d+\s*,/.test(plain)) plain = plain.replaceAll(",", " ");
  plain = plain
    .replace(/;|,(?=\s)|\//g, " ")
    .replace(UNMARKED, (_, d: string, m: string, s?: string) => `${d}°${m}'${s ? `${s}"` : ""}`);
  const found = [...plain.matchAll(ANGLE)];
  let at = 0;
  for (const one of found) {
    if (plain.slice(at, one.index).trim()) return null;
    at = one.index + one[0].length;
  }
  if (found.length !== 2 || plain.slice(at).trim() || !found.every(isAngle)) return null;
  const [one, two] = found.map(([, sign, d, , m, s, letter]) => {
    const size = value(d) + value(m) / 60 + value(s) / 3600;
    return { is: sign === "-" || letter === "S" || letter === "O" ? -size : size, letter };
  });
  if (!one || !two) return null;
  const [a, b] = [one.is, two.is];
  if (one.letter || two.letter) {
    const isLon = ({ letter }: { letter: string | undefined }) => letter === "E" || letter === "O";
    if (!one.letter || !two.letter || isLon(one) === isLon(two)) return null;
    return isLon(one) ? [a, b] : [b, a];
  }
  const [west, south, east, north] = bounds;
  const readings: LonLat[] = [[b, a], [a, b], [-b, -a], [-a, -b], [-b, a], [b, -a]]; // prettier-ignore
  const here = readings.find(([lon, lat]) => lon >= west && lon <= east && lat >= south && lat <= north);
  return here ?? (Math.abs(a) <= 90 ? [b, a] : [a, b]);
}

/** Whether it is written as an angle: a bare whole number, as of a house, is none. */
function isAngle([, , degrees = "", mark, minutes, seconds]: RegExpMatchArray): boolean {
  if (value(minutes) >= 60 || value(seconds) >= 60) return false;
  return Boolean(mark ?? minutes) || /[.,]/.test(degrees);
}
