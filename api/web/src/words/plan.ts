/** What the plan and its sheets say; it comes with the panel. */

import type { Lang } from "../hash";

const many = (locale: string) => (n: number, one: string, more: string) =>
  `${n.toLocaleString(locale)} ${n === 1 ? one : more}`;
const [cuantas, count] = [many("es-CL"), many("en-GB")];

export const es = {
  plan: {
    title: "Iniciativas del plan",
    filter: "Buscar por nombre, tema o código",
    filters: (n: number) => (n ? `Filtros (${n.toLocaleString("es-CL")})` : "Filtros"),
    all: "Cualquiera",
    value: (title: string, n: string) => `${title} (${n})`,
    off: (facet: string, value: string) => `Quitar el filtro ${facet}: ${value}`,
    clear: "Quitar todos los filtros",
    shown: "Filtros puestos",
    summary: (n: number, placed: number, invented: number) =>
      `${cuantas(n, "iniciativa", "iniciativas")}; ${placed.toLocaleString("es-CL")} con lugar en el mapa` +
      (invented ? ` y ${invented.toLocaleString("es-CL")} ${invented === 1 ? "inventada" : "inventadas"} para la demostración.` : "."),
    matched: (n: number, all: number) =>
      n ? `${n.toLocaleString("es-CL")} de ${cuantas(all, "iniciativa", "iniciativas")}.` : "Ninguna iniciativa cumple todo eso.",
    fewer: "Quita un filtro o prueba con otras palabras.",
    onMap: (placed: number, n: number) =>
      n === 1
        ? placed ? "Está en el mapa." : "No tiene lugar en el mapa."
        : placed === n ? "Todas están en el mapa."
        : placed === 1 ? "En el mapa está la única que tiene lugar."
        : placed ? `En el mapa están las ${placed.toLocaleString("es-CL")} que tienen lugar.` : "Ninguna tiene lugar en el mapa.", // prettier-ignore
    placed: "en el mapa",
    unplaced: "sin lugar",
    aside: "no cumple el filtro; está porque de ella dependen otras",
    invented: "inventado",
    inventedLong: "Dato inventado para la demostración",
    objectives: "Objetivos de la estrategia",
    sections: "Estrategias",
    ways: "Cómo verlas",
    tree: "Como árbol",
    time: "En el tiempo",
    openAll: "Abrir todo",
    closeAll: "Cerrar todo",
    files: "Descargar",
    charts: "Gráficos del plan",
    page: "Como página",
    started: (year: string) => `Comienzan en ${year}`,
    span: (from: string, to: string) => `${from} a ${to}`,
    since: (from: string) => `desde ${from}`,
    until: (to: string) => `hasta ${to}`,
    undated: (n: number) =>
      n === 1 ? "Una de estas iniciativas no tiene fechas: el plan no se las fija." : `${n.toLocaleString("es-CL")} de estas iniciativas no tienen fechas: el plan no las fija.`,
    inventedDates: "Las fechas que se ven son de proyectos inventados para la demostración.",
    today: (first: string, last: string) => `La línea oscura es hoy; el eje va de ${first} a ${last}.`,
  },
  initiative: {
    eyebrow: "Iniciativa",
    path: "Lugar en el plan",
    noPlace: "El plan no le fija un lugar.",
    notInPlan: "No está en el plan: es un ejemplo.",
    strategy: "Estrategia",
    hint: (place: string) => `El plan la refiere a «${place}», sin un punto propio en el mapa.`,
    places: (n: number) => (n === 1 ? "Su lugar" : `Sus ${n} lugares`),
    placeOf: (n: number) => `Lugar ${n}`,
    goTo: "Ver en el mapa",
    precision: (title: string) => `Precisión: ${title}`,
    children: "Se compone de",
    examples: "Otros ejemplos inventados",
    siblings: "Junto a ella en el plan",
    objectives: "Objetivos a los que aporta",
    objectivesIf: "Objetivos del plan a los que serviría, si existiera",
    noMoney: "El plan no le fija monto ni fechas.",
    cost: (amount: string) => `Cuesta ${amount}.`,
    planned: (from: string | null, to: string | null, began: boolean) =>
      `${began ? "Estaba" : "Está"} prevista ${from && to ? `entre el ${from} y el ${to}` : from ? `desde el ${from}` : `hasta el ${to}`}.`,
    began: (day: string) => `Empezó el ${day}.`,
    ended: (day: string) => `Se terminó el ${day}.`,
    responsible: (unit: string) => `Responde: ${unit}.`,
    progress: (percent: string) => `Lleva un ${percent} de avance físico.`,
    all: "Ver todo el plan",
  },
  history: {
    title: "Historia de cambios",
    made: { seed: "Datos iniciales", import: "Importación", edit: "Edición", direct: "Edición directa", revert: "Vuelta atrás", result: "Resultado de un análisis" } as Record<string, string>,
    by: (role: string) => `por ${role}`,
    from: (before: string, after: string) => `${before} → ${after}`,
    empty: "(nada)",
    shape: "Cambió su forma o lugar.",
    same: "Sin cambios en lo que se muestra.",
    gone: "Retirado",
    more: (n: number) => `Hay ${cuantas(n, "versión anterior", "versiones anteriores")}.`,
    page: "Todas las versiones, como página",
  },
};

export const en: typeof es = {
  plan: {
    title: "Initiatives of the plan",
    filter: "Search by name, theme or code",
    filters: (n) => (n ? `Filters (${n.toLocaleString("en-GB")})` : "Filters"),
    all: "Any",
    value: (title, n) => `${title} (${n})`,
    off: (facet, value) => `Take off the filter ${facet}: ${value}`,
    clear: "Take all filters off",
    shown: "Filters that are on",
    summary: (n, placed, invented) =>
      `${count(n, "initiative", "initiatives")}; ${placed.toLocaleString("en-GB")} with a place on the map` +
      (invented ? ` and ${invented.toLocaleString("en-GB")} invented for the demonstration.` : "."),
    matched: (n, all) =>
      n ? `${n.toLocaleString("en-GB")} of ${count(all, "initiative", "initiatives")}.` : "No initiative is all of that.",
    fewer: "Take off a filter or try other words.",
    onMap: (placed, n) =>
      n === 1 ? (placed ? "It is on the map." : "It has no place on the map.") : placed === n ? "All are on the map." : placed ? `The map has the ${placed.toLocaleString("en-GB")} with a place.` : "None has a place on the map.",
    placed: "on the map",
    unplaced: "no place",
    aside: "does not match the filter; it is here because others belong to it",
    invented: "invented",
    inventedLong: "Invented for the demonstration",
    objectives: "Objectives of the strategy",
    sections: "Strategies",
    ways: "How to see them",
    tree: "As a tree",
    time: "In time",
    openAll: "Open all",
    closeAll: "Close all",
    files: "Download",
    charts: "Charts of the plan",
    page: "As a page",
    started: (year) => `Starting in ${year}`,
    span: (from, to) => `${from} to ${to}`,
    since: (from) => `from ${from}`,
    until: (to) => `until ${to}`,
    undated: (n) =>
      n === 1 ? "One of these initiatives has no dates: the plan sets none." : `${n.toLocaleString("en-GB")} of these initiatives have no dates: the plan sets none.`,
    inventedDates: "The dates that are shown are of projects invented for the demonstration.",
    today: (first, last) => `The strong line is today; the axis goes from ${first} to ${last}.`,
  },
  initiative: {
    eyebrow: "Initiative",
    path: "Place in the plan",
    noPlace: "The plan gives it no place.",
    notInPlan: "It is not in the plan: it is an example.",
    strategy: "Strategy",
    hint: (place) => `The plan refers it to “${place}”, with no point of its own on the map.`,
    places: (n) => (n === 1 ? "Its place" : `Its ${n} places`),
    placeOf: (n) => `Place ${n}`,
    goTo: "See on the map",
    precision: (title) => `Precision: ${title}`,
    children: "Made up of",
    examples: "Other invented examples",
    siblings: "Beside it in the plan",
    objectives: "Objectives it serves",
    objectivesIf: "Objectives of the plan it would serve, if it existed",
    noMoney: "The plan gives it neither money nor dates.",
    cost: (amount) => `It costs ${amount}.`,
    planned: (from, to, began) =>
      `It ${began ? "was" : "is"} planned ${from && to ? `between ${from} and ${to}` : from ? `from ${from}` : `until ${to}`}.`,
    began: (day) => `It began on ${day}.`,
    ended: (day) => `It was finished on ${day}.`,
    responsible: (unit) => `In charge: ${unit}.`,
    progress: (percent) => `${percent} of the works are done.`,
    all: "See the whole plan",
  },
  history: {
    title: "History of changes",
    made: { seed: "First data", import: "Import", edit: "Edit", direct: "Direct edit", revert: "Taken back", result: "Result of an analysis" },
    by: (role) => `by ${role}`,
    from: (before, after) => `${before} → ${after}`,
    empty: "(nothing)",
    shape: "Its shape or place changed.",
    same: "No change in what is shown.",
    gone: "Removed",
    more: (n) => `There are ${count(n, "earlier version", "earlier versions")}.`,
    page: "All versions, as a page",
  },
};

const WORDS: Record<Lang, typeof es> = { es, en };

export function planWords(lang: Lang): typeof es {
  return WORDS[lang];
}
