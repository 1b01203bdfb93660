/** Coordinates as people write and read them: degrees, degrees-minutes-seconds, UTM. Pure. */

import { number } from "./format";
import type { Lang } from "./hash";
import { fromUtm, toUtm, zoneOf, type LonLat } from "./utm";

type Box = [number, number, number, number];
const NBSP = "\u00a0";
const LETTERS: Record<Lang, [north: string, south: string, east: string, west: string]> = {
  es: ["N", "S", "E", "O"],
  en: ["N", "S", "E", "W"],
};

/** −28.5765, −70.7585 → "28,57650° S 70,75850° O": five decimals are a metre. */
export function degrees([lon, lat]: LonLat, lang: Lang): string {
  const [n, s, e, w] = LETTERS[lang];
  const one = (value: number) => `${fixed(Math.abs(value), 5, lang)}°${NBSP}`;
  return `${one(lat)}${lat < 0 ? s : n} ${one(lon)}${lon < 0 ? w : e}`;
}

/** −28.5765 → "28° 34′ 35,4″ S": a tenth of a second is three metres. */
export function sexagesimal([lon, lat]: LonLat, lang: Lang): string {
  const [n, s, e, w] = LETTERS[lang];
  const one = (value: number, letter: string) => {
    const tenths = Math.round(Math.abs(value) * 36_000);
    const parts = [`${Math.floor(tenths / 36_000)}°`, `${Math.floor((tenths % 36_000) / 600)}′`];
    return [...parts, `${fixed((tenths % 600) / 10, 1, lang)}″`, letter].join(NBSP);
  };
  return `${one(lat, lat < 0 ? s : n)} ${one(lon, lon < 0 ? w : e)}`;
}

/** "19S 327.935 E 6.837.101 N", whole metres, in the zone given. */
export function utm(place: LonLat, zone: number, lang: Lang): string {
  const { east, north, isSouth } = toUtm(place, zone);
  const metres = (value: number) => number(Math.round(value), lang, 0);
  return `${zone}${isSouth ? "S" : "N"} ${metres(east)}${NBSP}E ${metres(north)}${NBSP}N`;
}

function fixed(value: number, digits: number, lang: Lang): string {
  const text = value.toFixed(digits);
  return lang === "es" ? text.replace(".", ",") : text;
}

/**
 * The place that a text means, or null. Degrees with or without minutes, signs or letters, in either
 * order, or UTM with or without its zone; what is ambiguous is read as a place within `bounds`.
 */
export function readPlace(text: string, bounds: Box): LonLat | null {
  const clean = text
    .toUpperCase()
    .replace(/[’′]/g, "'")
    .replace(/[”″]|''/g, '"')
    .replace(/−/g, "-")
    .replace(/\u00a0/g, " ");
  return readUtm(clean, bounds) ?? readDegrees(clean, bounds);
}

// Metres have six or seven digits, with or without marks of thousands.
const METRES = /(?<![\d.,])(\d{1,3}(?:[. ]\d{3}){1,2}(?![\d.])|\d{6,8})(?:[.,](\d+))?/g;

function readUtm(text: string, bounds: Box): LonLat | null {
  const said = /^\s*(?:UTM\s*)?(?:(?:ZONA|ZONE|HUSO)\s*)?(\d{1,2})\s*([A-Z])\b/.exec(text);
  const rest = said ? text.slice(said[0].length) : text;
  const found = [...rest.matchAll(METRES)].map(([, whole = "", part = "0"]) =>
    Number(`${whole.replace(/[. ]/g, "")}.${part}`),
  );
  const [east, north] = found;
  if (found.length !== 2 || east === undefined || north === undefined) return null;
  if (east < 100_000 || east >= 1_000_000 || north >= 10_000_000 || north < 0) return null;
  const middle: LonLat = [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2];
  const zone = said ? Number(said[1]) : zoneOf(middle[0]);
  if (zone < 1 || zone > 60) return null;
  // The letter after a zone is a hemisphere (N, S) or a band, whose N to X are north (S itself is both).
  const letter = said?.[2];
  const isSouth = letter === undefined || letter === "S" ? middle[1] < 0 : letter < "N";
  return fromUtm({ zone, isSouth, east, north });
}

const ANGLE =
  /(-?\d+(?:[.,]\d+)?)\s*°?\s*(?:(\d+(?:[.,]\d+)?)\s*'\s*(?:(\d+(?:[.,]\d+)?)\s*"?)?)?\s*([NSEOW](?![A-Z]))?/g;

function readDegrees(text: string, bounds: Box): LonLat | null {
  // "-28.57,-70.75": with points for decimals the comma between is a comma.
  const spaced = /\d\.\d+\s*,/.test(text) ? text.replace(/,/g, " ") : text.replace(/;|,\s/g, " ");
  if (/[^-0-9.,°'"NSEOW\s]/.test(spaced)) return null;
  // "S 28,5 O 70,7" → "28,5 S 70,7 O"
  const after = spaced.replace(/^\s*([NSEOW])([^NSEOW]+)([NSEOW])([^NSEOW]+)$/, "$2$1 $4$3");
  const angles = [...after.matchAll(ANGLE)].map(([, whole = "", minutes, seconds, letter]) => {
    const read = (part: string | undefined) => Number((part ?? "0").replace(",", "."));
    const size = Math.abs(read(whole)) + read(minutes) / 60 + read(seconds) / 3600;
    const isNegative = whole.startsWith("-") || (letter !== undefined && "SOW".includes(letter));
    return { value: isNegative ? -size : size, letter };
  });
  const [first, second] = angles;
  if (angles.length !== 2 || !first || !second) return null;
  const isLon = (letter: string | undefined) => letter !== undefined && "EOW".includes(letter);
  if (first.letter !== undefined || second.letter !== undefined) {
    if (isLon(first.letter) === isLon(second.letter)) return null;
    const [lat, lon] = isLon(first.letter) ? [second, first] : [first, second];
    return sane([lon.value, lat.value]);
  }
  const [a, b] = [first.value, second.value];
  const readings: LonLat[] = [[b, a], [a, b], [-b, -a], [-a, -b], [-b, a], [b, -a]]; // prettier-ignore
  return readings.find((place) => within(place, bounds)) ?? sane([b, a]) ?? sane([a, b]);
}

function sane(place: LonLat): LonLat | null {
  return Math.abs(place[0]) <= 180 && Math.abs(place[1]) <= 90 ? place : null;
}

/** Whether a place lies in a box of west, south, east, north. */
export function within([lon, lat]: LonLat, [west, south, east, north]: Box): boolean {
  return lon >= west && lon <= east && lat >= south && lat <= north;
}
