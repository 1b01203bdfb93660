/** What is said of what was searched for, of where somebody is, and of a point; it comes when it is asked for. */

import type { Lang } from "../hash";

const es = {
  busy: "Buscando…",
  count: (n: number) => (n === 1 ? "1 resultado" : `${n.toLocaleString("es-CL")} resultados`),
  tips: "Qué se puede probar",
  layers: "También se puede mirar todo en las capas del territorio.",
  crossings: (street: string) => `Ver los cruces de ${street}`,
  here: {
    point: "Un punto del mapa",
    place: "¿Qué hay y qué viene aquí?",
    placeOf: "¿Qué hay y qué viene en el punto que tocaste?",
    way: "¿Adónde voy desde aquí en una emergencia?",
    nothing: "La ficha de este punto dice lo que hay y lo que viene cerca.",
  },
  position: {
    locating: "Buscando tu posición…",
    insecure:
      "Esta página no llegó por una conexión segura (HTTPS), y por eso el navegador no le da tu posición. Escribe tu calle o toca el mapa.",
    missing: "Este navegador no da la posición. Escribe tu calle o toca el mapa.",
    refused:
      "El navegador no dio permiso para usar tu posición. Se puede cambiar en el candado junto a la dirección de la página; o escribe tu calle.",
    failed: "El equipo no pudo saber dónde está. Prueba al aire libre o escribe tu calle.",
    timeout: "La posición se demora demasiado. Prueba de nuevo al aire libre o escribe tu calle.",
    outside: "Tu posición está fuera de la comuna: aquí no hay datos de ese lugar. Busca una calle o un barrio.",
    poor: (accuracy: string) =>
      `Tu posición es poco precisa: puede estar a ${accuracy} de donde estás. Si conoces tu calle, mejor búscala.`,
    found: (accuracy: string) => `Estás aquí, con una precisión de ${accuracy}.`,
    open: "Ver qué hay y qué viene ahí",
    again: "Intentar de nuevo",
  },
};

const en: typeof es = {
  busy: "Searching…",
  count: (n) => (n === 1 ? "1 result" : `${n.toLocaleString("en-GB")} results`),
  tips: "What else to try",
  layers: "Everything can also be looked through in the layers of the territory.",
  crossings: (street) => `See the crossings of ${street}`,
  here: {
    point: "A point on the map",
    place: "What is here and what is coming?",
    placeOf: "What is and what is coming at the point you touched?",
    way: "Where do I go from here in an emergency?",
    nothing: "The page of this point tells what is there and what is coming nearby.",
  },
  position: {
    locating: "Looking for your position…",
    insecure:
      "This page did not come over a secure connection (HTTPS), so the browser does not give it your position. Type your street or touch the map.",
    missing: "This browser does not tell positions. Type your street or touch the map.",
    refused:
      "The browser did not allow your position to be used. This can be changed at the lock beside the page’s address; or type your street.",
    failed: "The device could not tell where it is. Try outdoors, or type your street.",
    timeout: "The position takes too long. Try again outdoors, or type your street.",
    outside: "Your position is outside the commune: there are no data of that place here. Search for a street or a neighbourhood.",
    poor: (accuracy) =>
      `Your position is rough: it may be ${accuracy} from where you are. If you know your street, search for it instead.`,
    found: (accuracy) => `You are here, to within ${accuracy}.`,
    open: "See what is there and what is coming",
    again: "Try again",
  },
};

export function findingWords(lang: Lang): typeof es {
  return lang === "en" ? en : es;
}
