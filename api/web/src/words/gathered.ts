/** What is said of pins that are gathered; it comes with them. */

import type { Lang } from "../hash";

const es = {
  told: (count: number, inside: string) => `${count.toLocaleString("es-CL")} lugares de iniciativas. ${inside}. Ver la lista`,
  none: "sin etapa",
};

const en: typeof es = {
  told: (count, inside) => `${count.toLocaleString("en-GB")} places of initiatives. ${inside}. See the list`,
  none: "no stage",
};

export function gatheredWords(lang: Lang): typeof es {
  return lang === "en" ? en : es;
}
