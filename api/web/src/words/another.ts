/** What is said where the map shows another date than today; it comes with the panel that says it. */

import type { Lang } from "../hash";

const es = {
  ofToday: "El mapa muestra otra fecha; lo que se lee aquí es de hoy.",
  danger: "El mapa muestra otra fecha: no sirve para una emergencia de hoy.",
  missing: "No está en lo que muestra el mapa",
  missingHint: (moment: string) => `El mapa muestra otra fecha (${moment.charAt(0).toLowerCase()}${moment.slice(1)}), y en esa fecha aún no existía o ya no.`,
};

const en: typeof es = {
  ofToday: "The map shows another date; what is told here is of today.",
  danger: "The map shows another date: it is of no use in an emergency today.",
  missing: "Not in what the map shows",
  missingHint: (moment) => `The map shows another date (${moment.charAt(0).toLowerCase()}${moment.slice(1)}), when this was not there.`,
};

export function anotherWords(lang: Lang): typeof es {
  return lang === "en" ? en : es;
}
