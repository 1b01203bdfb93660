/**
 * What somebody means by the words of an address: a street, its crossing with another, a number. The
 * same as the server's search reads (`sitplan/addresses.py`), for when there is no server. Pure.
 */

const KINDS_OF_STREET = ["avenida", "calle", "callejon", "pasaje", "camino", "ruta", "street", "avenue", "road"];
const SMALL = ["de", "del", "la", "las", "los", "el", "al", "a"];
const LEFT_OUT = new Set([...KINDS_OF_STREET, ...SMALL]);
const SHORT: Record<string, string> = {
  av: "avenida", avda: "avenida", avd: "avenida", ave: "avenida", c: "calle", cll: "calle", psje: "pasaje",
  pje: "pasaje", pj: "pasaje", pas: "pasaje", cno: "camino", cmno: "camino", sta: "santa", sto: "santo",
  gral: "general", pdte: "presidente", pte: "presidente", sgto: "sargento", alm: "almirante", cap: "capitan",
  tte: "teniente", dr: "doctor", pbro: "presbitero", nro: "numero", num: "numero",
};
const BETWEEN =
  /\s+(?:con|esquina|esq\.?|intersecci[oó]n(?:\s+con)?|cruce(?:\s+con)?|and|with|at|corner(?:\s+of)?)(?:\s+(?:con|de|esquina|esq\.?))?(?:\s+|$)|\s*[/&+]\s*|\s+[ye]\s+/giu;
const LEAD = /^\s*(?:(?:la\s+)?(?:esquina|esq\.?|intersecci[oó]n|cruce|corner)\s+(?:de|entre|of)?\s*|entre\s+)/iu;
const NUMBER =
  /^(.*?[\p{L}_].*?)[\s,]+(?:(?:n(?:[°ºro]+|um(?:ero)?|úm(?:ero)?)?\.?|#|nr\.?)\s*)?(\d{1,5}(?:\s?-?\s?[a-z])?)(?:[\s,].*)?$/iu;

export interface Pair {
  first: string;
  /** Empty where the other street was not said (yet). */
  second: string;
}

/** Small letters without accents, words apart by one space; "O'Higgins" is one word. */
export function foldWords(text: string): string {
  return text
    .replace(/['’´`]/g, "") // folded, ´ would be a space
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** The words of a name, abbreviations written out. */
export function wordsOf(text: string): string[] {
  return foldWords(text).split(" ").filter(Boolean).map((word) => SHORT[word] ?? word);
}

/** The words that tell one street from another; all of them where none would be left. */
export function bare(words: readonly string[]): readonly string[] {
  const kept = words.filter((word) => !LEFT_OUT.has(word));
  return kept.length ? kept : words;
}

const trimmed = (text: string) => text.replace(/^[ ,.]+|[ ,.]+$/g, "");

/** Each way to read two streets that cross; empty where there is none. */
export function pairs(text: string): Pair[] {
  let clean = text.replace(LEAD, "");
  const start = clean.split(",")[0] ?? "";
  if (start.search(BETWEEN) >= 0) clean = start;
  return [...clean.matchAll(BETWEEN)]
    .map((one) => ({ first: trimmed(clean.slice(0, one.index)), second: trimmed(clean.slice(one.index + one[0].length)) }))
    .filter(({ first }) => first);
}

/** A street and a house's number; null where the text ends in none. */
export function numbered(text: string): { street: string; number: string } | null {
  const found = NUMBER.exec(text.trim());
  return found ? { street: trimmed(found[1] ?? ""), number: found[2] ?? "" } : null;
}

/** Whether the words tell no street: "calle", "la avenida". */
export const isNoName = (words: readonly string[]) => words.every((word) => LEFT_OUT.has(word));
