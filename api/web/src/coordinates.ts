/** Coordinates as people write them: degrees, degrees-minutes-seconds, UTM. Pure. */

import { number } from "./format";
import type { Lang } from "./hash";
import { toUtm, type LonLat } from "./utm";

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

/** Whether a place lies in a box of west, south, east, north. */
export function within([lon, lat]: LonLat, [west, south, east, north]: Box): boolean {
  return lon >= west && lon <= east && lat >= south && lat <= north;
}
