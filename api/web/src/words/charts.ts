/** What the charts say; it comes with their panel. */

import type { Lang } from "../hash";

export const es = {
  title: "Gráficos",
  intro: "Cada gráfico, su tabla y la API tienen las mismas cifras.",
  which: "Gráfico",
  by: "Ver por",
  chart: "Gráfico",
  table: "Tabla",
  notes: "Lo que hay que saber",
  day: (day: string) => `Calculado con los datos vigentes el ${day}.`,
  drawing: "Dibujando el gráfico…",
  absent: "El gráfico no se pudo dibujar; la tabla tiene las mismas cifras.",
  page: "Como página, para imprimir o enlazar",
  nothing: "—",
  row: (title: string, figures: string) => `${title}: ${figures}`,
  part: (title: string, figure: string) => `${title} ${figure}`,
  told: (title: string, rows: string) => `${title}. ${rows}. La tabla que sigue tiene las mismas cifras.`,
};

export const en: typeof es = {
  title: "Charts",
  intro: "Each chart, its table and the API have the same figures.",
  which: "Chart",
  by: "See by",
  chart: "Chart",
  table: "Table",
  notes: "What to know",
  day: (day) => `Computed of the data in force on ${day}.`,
  drawing: "Drawing the chart…",
  absent: "The chart could not be drawn; the table has the same figures.",
  page: "As a page, to print or to link",
  nothing: "—",
  row: (title, figures) => `${title}: ${figures}`,
  part: (title, figure) => `${title} ${figure}`,
  told: (title, rows) => `${title}. ${rows}. The table below has the same figures.`,
};

const WORDS: Record<Lang, typeof es> = { es, en };

export function chartWords(lang: Lang): typeof es {
  return WORDS[lang];
}
