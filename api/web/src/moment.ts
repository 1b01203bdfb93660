/** The two times of what is shown: in force on a day, as the register had it at an instant. Pure. */

export interface MomentRef {
  /** The day whose layers are shown, `2026-11-22`; "" for today. */
  on: string;
  /** The day to compare with; "" for none. */
  vs: string;
  /** What the register said at this instant, `2026-11-22T12:00:00Z`; "" for now. */
  asOf: string;
}

export const NOW: MomentRef = { on: "", vs: "", asOf: "" };

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z$/;

export function isDay(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

/** The moment that an address names; what is no date is left out. */
export function parseMoment(said: URLSearchParams): MomentRef {
  const day = (name: string) => (isDay(said.get(name) ?? "") ? (said.get(name) ?? "") : "");
  const instant = said.get("as-of") ?? "";
  return { on: day("on"), vs: day("vs"), asOf: INSTANT.test(instant) && !Number.isNaN(Date.parse(instant)) ? instant : "" };
}

export function formatMoment({ on, vs, asOf }: MomentRef): string[] {
  return [on && `on=${on}`, vs && `vs=${vs}`, asOf && `as-of=${asOf}`].filter(Boolean);
}

/** What the API is asked for features and tiles of a moment. */
export function momentQuery({ on, asOf }: MomentRef): { datetime?: string; "as-of"?: string } {
  return { ...(on ? { datetime: on } : {}), ...(asOf ? { "as-of": asOf } : {}) };
}

/** Today where the territory is. */
export function todayIn(timeZone: string, now = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
}

/** An instant as a field of date and time shows it by the territory's clocks, wherever the browser is; and back. */
export function localOf(instant: string, timeZone: string): string {
  const shown = { timeZone, dateStyle: "short", timeStyle: "short" } as const; // in Swedish: 2026-11-27 16:05
  return new Intl.DateTimeFormat("sv-SE", shown).format(new Date(instant)).replace(" ", "T");
}

export function instantOf(local: string, timeZone: string): string {
  const shown = Date.parse(`${local}Z`);
  if (Number.isNaN(shown)) return "";
  const ahead = (at: number) => Date.parse(`${localOf(new Date(at).toISOString(), timeZone)}Z`) - at;
  const at = shown - ahead(shown - ahead(shown)); // the second time by the offset of that very hour
  return new Date(at).toISOString().replace(".000Z", "Z");
}
