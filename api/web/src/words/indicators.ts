/** What the panel of indicators says; it comes with the panel. */

import type { Lang } from "../hash";

const es = {
  title: "Indicadores",
  intro: "Cifras por área, calculadas con los datos publicados de hoy.",
  which: "Indicador",
  of: "Por",
  value: "Valor",
  waiting: "Se está calculando…",
  stale: "DESACTUALIZADO: los datos cambiaron y se está calculando de nuevo.",
  invented: "Datos ilustrativos: dibujados para la demostración.",
  whole: (value: string, place: string) => `${place}: ${value}`,
  legend: "Leyenda",
  areas: (n: string) => (n === "1" ? "1 área" : `${n} áreas`),
  chart: "Gráfico",
  bars: (title: string) => `${title}: una barra por área, de mayor a menor. La tabla que sigue tiene las mismas cifras.`,
  counts: (title: string) => `${title}: cuántas áreas hay en cada clase. La tabla que sigue tiene todas las cifras.`,
  table: "Tabla",
  more: (n: string) => `Mostrar las ${n} filas`,
  show: (name: string) => `Destacar en el mapa: ${name}`,
  method: "Ficha de método",
  formula: "Fórmula",
  calculated: (when: string) => `Calculado el ${when}.`,
  inputs: "Datos",
  revision: (n: number) => `revisión ${n}`,
  parameters: "Parámetros",
  source: (text: string, verified: boolean) => (verified ? text : `${text} (sin verificar)`),
  notes: "Lo que hay que saber",
  published: "Al lado de lo publicado",
  page: "Abrir como página, para imprimir o enlazar",
  yes: "sí",
  no: "no",
};

const en: typeof es = {
  title: "Indicators",
  intro: "Figures by area, computed of today's published data.",
  which: "Indicator",
  of: "By",
  value: "Value",
  waiting: "Being computed…",
  stale: "OUT OF DATE: the data have changed, and it is being computed again.",
  invented: "Illustrative data: drawn for the demonstration.",
  whole: (value, place) => `${place}: ${value}`,
  legend: "Legend",
  areas: (n) => (n === "1" ? "1 area" : `${n} areas`),
  chart: "Chart",
  bars: (title) => `${title}: a bar for each area, from most to least. The table below has the same figures.`,
  counts: (title) => `${title}: how many areas are in each class. The table below has all figures.`,
  table: "Table",
  more: (n) => `Show all ${n} rows`,
  show: (name) => `Highlight on the map: ${name}`,
  method: "Method sheet",
  formula: "Formula",
  calculated: (when) => `Computed on ${when}.`,
  inputs: "Data",
  revision: (n) => `revision ${n}`,
  parameters: "Parameters",
  source: (text, verified) => (verified ? text : `${text} (not verified)`),
  notes: "What to know",
  published: "Beside what is published",
  page: "Open as a page, to print or to link",
  yes: "yes",
  no: "no",
};

const WORDS: Record<Lang, typeof es> = { es, en };

export function indicatorWords(lang: Lang): typeof es {
  return WORDS[lang];
}
