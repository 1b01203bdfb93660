/** Numbers, amounts, measures and dates as people here write them. */

import type { Lang } from "./hash";
import type { MomentRef } from "./moment";

const LOCALE: Record<Lang, string> = { es: "es-CL", en: "en-GB" };
const NBSP = "\u00a0";

/** 1250.5 → "1.250,5"; at most `digits` decimals. */
export function number(value: number, lang: Lang, digits = 2): string {
  return new Intl.NumberFormat(lang === "es" ? "es-CL" : "en-GB", {
    maximumFractionDigits: digits,
    useGrouping: true,
  }).format(value);
}

/** 1250000 → "$ 1.250.000": whole pesos. */
export function amount(value: number, lang: Lang): string {
  return `$${NBSP}${number(value, lang, 0)}`;
}

/** Square metres, or square kilometres from one upwards: "1.250 m²", "7.228 km²". */
export function area(squareMetres: number, lang: Lang): string {
  return squareMetres < 1e6
    ? `${number(squareMetres, lang, squareMetres < 10 ? 1 : 0)}${NBSP}m²`
    : `${number(squareMetres / 1e6, lang, squareMetres < 1e8 ? 1 : 0)}${NBSP}km²`;
}

/** Metres below one kilometre, then kilometres with one decimal: "742 m", "1,2 km". */
export function distance(metres: number, lang: Lang): string {
  return metres < 999.5
    ? `${number(metres, lang, metres < 10 ? 1 : 0)}${NBSP}m`
    : `${number(metres / 1000, lang, 1)}${NBSP}km`;
}

const UNITS: Record<Lang, Record<string, string>> = {
  es: { min: "min", a: "años", "[a]": "años", h: "h", d: "días", people: "personas", dwellings: "viviendas" },
  en: { min: "min", a: "years", "[a]": "years", h: "h", d: "days", people: "people", dwellings: "dwellings" },
};

/** A number with its unit as declared (`m2`, `m`, `CLP`, `%`, `min`, or any other, appended). */
export function measure(value: number, unit: string | undefined, lang: Lang): string {
  if (unit === "m2") return area(value, lang);
  if (unit === "m") return distance(value, lang);
  if (unit === "CLP" || unit === "clp") return amount(value, lang);
  if (!unit || unit === "1") return number(value, lang);
  return `${number(value, lang)}${NBSP}${UNITS[lang][unit] ?? unit.replace(/2$/, "²").replace(/3$/, "³")}`;
}

/**
 * A date in full: "2026-11-22" → "22 de noviembre de 2026", "2026-11" → "noviembre de 2026".
 * A moment is told in `timeZone`; what is no date is returned as it is.
 */
export function date(text: string, lang: Lang, timeZone = "UTC"): string {
  const found = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(T.+)?$/.exec(text.trim());
  if (!found) return text;
  const [, year, month, day, time] = found;
  if (!month) return text.trim();
  const moment = new Date(time ? text : `${year}-${month}-${day ?? "01"}T00:00:00Z`);
  if (Number.isNaN(moment.getTime())) return text;
  return new Intl.DateTimeFormat(LOCALE[lang], {
    year: "numeric",
    month: "long",
    ...(day ? { day: "numeric" } : {}),
    timeZone: time ? timeZone : "UTC",
  }).format(moment);
}

/** "27 de noviembre de 2026, 16:05": an instant by the clocks of `timeZone`. */
export function instant(text: string, lang: Lang, timeZone = "UTC"): string {
  const clock = { timeStyle: "short", hourCycle: "h23", timeZone } as const;
  return `${date(text, lang, timeZone)}, ${new Intl.DateTimeFormat(LOCALE[lang], clock).format(new Date(text))}`;
}

/** ["crecida", "aluvión"] → "crecida y aluvión". */
export function list(words: string[], lang: Lang): string {
  return new Intl.ListFormat(LOCALE[lang], { type: "conjunction" }).format(words);
}

/** Lower case without accents, to compare what people type with names: "Ñuble" → "nuble". */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();
}

/** Of when what is shown is, in the words of `say`. */
export function whenTold(
  { on, asOf }: MomentRef,
  say: (on: string, asOf: string) => string,
  lang: Lang,
  timeZone?: string,
): string {
  return say(on && date(on, lang), asOf && instant(asOf, lang, timeZone));
}
