/** A chart's figures as ECharts draws them: bars that lie, one on another where there are several. Pure. */

import type { EChartsCoreOption } from "echarts/core";
import type { Lang } from "../hash";
import type { Chart } from "../types";
import { chartWords } from "../words/charts";

export interface ChartInks {
  ink: string;
  quiet: string;
  page: string;
  tint: string;
  bars: readonly string[];
}

type Row = Chart["rows"][number];

const BAR = 16;
/** Pixels between a name and its bar, and between a bar and the next name. */
const NEAR = 6;
const APART = 16;
const LINE = 18;
/** What a letter takes at 14 px, a little generously: a name is cut where it does not fit. */
const LETTER = 7.4;
const LEGEND_ROW = 26;
const SWATCH = 22;
const FONT = "Atkinson, sans-serif";

/** A figure as the table tells it. */
export function told(value: unknown, lang: Lang): string {
  if (typeof value !== "number") return chartWords(lang).nothing;
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 2 : 1;
  return new Intl.NumberFormat(lang === "es" ? "es-CL" : "en-GB", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: true,
  }).format(value);
}

export function sumOf(row: Row): number | null {
  const known = Object.values(row.values).filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) : null;
}

/** The series that have something to draw: an empty one only takes room in the legend. */
export function drawnSeries(chart: Chart): Chart["series"] {
  const some = chart.series.filter(({ name }) => chart.rows.some((row) => row.values[name]));
  return some.length ? some : chart.series.slice(0, 1);
}

/** All that the chart shows, as one sentence. */
export function sentence(chart: Chart, lang: Lang): string {
  const words = chartWords(lang);
  const rows = chart.rows.map((row) => {
    const parts = drawnSeries(chart)
      .filter(({ name }) => row.values[name])
      .map(({ name, title }) => words.part(title, told(row.values[name], lang)));
    const figures = drawnSeries(chart).length > 1 && parts.length ? parts.join(", ") : told(sumOf(row), lang);
    return words.row(row.title, figures);
  });
  return words.told(`${chart.title} (${chart.unit})`, rows.join("; "));
}

/** Pixels that the lines of the longest name take. */
function nameHeight(chart: Chart, width: number): number {
  const longest = Math.max(1, ...chart.rows.map(({ title }) => title.length));
  return LINE * Math.ceil((longest * LETTER) / Math.max(width, 40));
}

/** Pixels that a row takes: its name, and under it the bar with its figure. */
export function rowOf(chart: Chart, width: number): number {
  return nameHeight(chart, width) + NEAR + BAR + APART;
}

export function heightOf(chart: Chart, width: number): number {
  return chart.rows.length * rowOf(chart, width) + legendOf(chart, width);
}

/** Pixels that the legend takes; none where there is one series alone. */
function legendOf(chart: Chart, width: number): number {
  const series = drawnSeries(chart);
  if (series.length < 2) return 0;
  let [lines, at] = [1, 0];
  for (const { title } of series) {
    const wide = SWATCH + 5 + title.length * LETTER;
    if (at && at + wide > width) [lines, at] = [lines + 1, 0];
    at += wide + 10;
  }
  return lines * LEGEND_ROW;
}

export function optionOf(chart: Chart, inks: ChartInks, lang: Lang, width: number): EChartsCoreOption {
  const series = drawnSeries(chart);
  const rows = chart.rows.length * rowOf(chart, width);
  const high = nameHeight(chart, width) + NEAR;
  const figures = chart.rows.map((row) => told(sumOf(row), lang));
  const right = LETTER * Math.max(...figures.map(({ length }) => length)) + 8;
  const text = { show: true, color: inks.ink, fontSize: 14, lineHeight: LINE };
  const nothing = { type: "bar", silent: true, itemStyle: { color: "transparent" }, data: chart.rows.map(() => 0) };
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    aria: { enabled: true, label: { description: sentence(chart, lang) }, decal: { show: series.length > 1 } },
    grid: { left: 0, right, top: 0, height: rows },
    xAxis: { type: "value", show: false, min: 0, max: Math.max(...chart.rows.map((row) => sumOf(row) ?? 0)) || 1 },
    yAxis: { type: "category", inverse: true, show: false, data: chart.rows.map(({ title }) => title) },
    ...(series.length > 1
      ? {
          legend: {
            top: rows,
            left: 0,
            padding: 0,
            itemWidth: SWATCH,
            itemHeight: 14,
            selectedMode: false,
            textStyle: { color: inks.ink, fontSize: 14, fontFamily: FONT },
            data: series.map(({ title }) => title),
          },
        }
      : {}),
    series: [
      // Bars of no length: above each bar the room of its name, and at its end the figure.
      {
        ...nothing,
        stack: "names",
        barWidth: high,
        barGap: 0,
        label: {
          ...text,
          position: [0, high - NEAR],
          verticalAlign: "bottom",
          width: Math.max(width, 40),
          overflow: "break",
          formatter: ({ dataIndex }: { dataIndex: number }) => chart.rows[dataIndex]?.title ?? "",
        },
      },
      {
        ...nothing,
        stack: "all",
        barWidth: BAR,
        label: {
          ...text,
          position: [width, BAR / 2],
          align: "right",
          verticalAlign: "middle",
          formatter: ({ dataIndex }: { dataIndex: number }) => figures[dataIndex] ?? "",
        },
      },
      ...series.map(({ name, title }, i) => ({
        type: "bar",
        name: title,
        stack: "all",
        barWidth: BAR,
        silent: true,
        data: chart.rows.map((row) => row.values[name] || null),
        itemStyle: { color: inks.bars[i % inks.bars.length], borderColor: inks.ink, borderWidth: 1 },
        ...(i === 0 ? { showBackground: true, backgroundStyle: { color: inks.tint } } : {}),
      })),
    ],
  };
}

/** Nine steps of what follows one another, then what was halted and what was given up. */
const RAMP = {
  day: ["#F2F0F7", "#DADAEB", "#BCBDDC", "#A5A1CF", "#8D87C2", "#756BB1", "#6040A0", "#4C1A8A", "#2E0060", "#D9D4CC", "#8C8378"],
  dark: ["#3A3357", "#4A4270", "#5D5490", "#6F64AC", "#857BC0", "#9C94D0", "#B4AEDE", "#CDC9EC", "#EDEBFA", "#4A4F52", "#8C8378"],
} as const;

/** One hue from light to dark for what follows one another; two strong colours for two things apart. */
export function barsOf(chart: Chart, theme: "day" | "dark", plan: string, demo: string, safe: string): readonly string[] {
  if (chart.id === "investment") return chart.series.length > drawnSeries(chart).length ? [demo] : [plan, demo];
  return chart.id === "progress" ? RAMP[theme] : [safe];
}
