import type { Lang } from "../../hash";
import { en } from "./en";
import { es, type ToolWords } from "./es";

const WORDS: Record<Lang, ToolWords> = { es, en };

/** What the tools say in a language. */
export function toolWords(lang: Lang): ToolWords {
  return WORDS[lang];
}
