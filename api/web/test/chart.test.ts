import { describe, expect, it } from "vitest";
import { barsOf, drawnSeries, heightOf, optionOf, rowOf, sentence, told } from "../src/chart/option";
import type { Chart } from "../src/types";

const chart: Chart = {
  id: "progress",
  title: "Avance",
  description: "",
  unit: "iniciativas",
  choices: [],
  links: [],
  by: null,
  of: "Estrategia",
  day: "2026-11-27",
  series: [
    { name: "propuesta", title: "Propuesta" },
    { name: "terminada", title: "Terminada" },
    { name: "nunca", title: "Nunca" },
  ],
  columns: [],
  rows: [
    { code: "1", title: "Uno", values: { propuesta: 1250, terminada: 3, nunca: 0 } },
    { code: "2", title: "Dos", values: { propuesta: 0, terminada: 0.25, nunca: 0 } },
    { code: "3", title: "Tres", values: { propuesta: null, terminada: null, nunca: null } },
  ],
  total: 1253.25,
  illustrative: false,
  warning: null,
  notes: [],
  inputs: [],
};
const inks = { ink: "#000", quiet: "#555", page: "#fff", tint: "#eee", bars: ["#111", "#222"] };

interface Drawn {
  yAxis: { data: string[] };
  xAxis: { max: number };
  series: { name?: string; data: (number | null)[]; label?: { formatter: (one: { dataIndex: number }) => string } }[];
  aria: { decal: { show: boolean }; label: { description: string } };
}

describe("a chart", () => {
  it("draws the figures as they are, and nothing for nothing", () => {
    const option = optionOf(chart, inks, "es", 360) as unknown as Drawn;
    expect(option.series.filter(({ name }) => name).map(({ name, data }) => [name, data])).toEqual([
      ["Propuesta", [1250, null, null]],
      ["Terminada", [3, 0.25, null]],
    ]);
    const labels = option.series.slice(0, 2).map(({ label }) => [0, 1, 2].map((dataIndex) => label?.formatter({ dataIndex })));
    expect(labels).toEqual([option.yAxis.data, ["1.253", "0,25", "—"]]);
    expect(option.series.slice(0, 2).every(({ data }) => data.every((value) => value === 0))).toBe(true);
    expect(option.xAxis.max).toBe(1253);
  });

  it("is not told by colour alone where there are several", () => {
    const several = optionOf(chart, inks, "es", 360) as unknown as Drawn;
    expect(several.aria.decal.show).toBe(true);
    const one = { ...chart, series: chart.series.slice(0, 1) };
    expect((optionOf(one, inks, "es", 360) as unknown as Drawn).aria.decal.show).toBe(false);
  });

  it("says in words what it draws", () => {
    expect(sentence(chart, "es")).toBe(
      "Avance (iniciativas). Uno: Propuesta 1.250, Terminada 3; Dos: Terminada 0,25; Tres: —. " +
        "La tabla que sigue tiene las mismas cifras.",
    );
    expect(sentence(chart, "en")).toContain("Uno: Propuesta 1,250, Terminada 3");
  });

  it("has room for every row, and for a legend where one is needed", () => {
    const row = rowOf(chart, 360);
    expect(heightOf({ ...chart, series: chart.series.slice(0, 1) }, 360)).toBe(3 * row);
    expect(heightOf(chart, 360)).toBeGreaterThan(3 * row);
    expect(heightOf(chart, 150)).toBeGreaterThan(heightOf(chart, 360));
    const long = { ...chart, rows: chart.rows.map((one) => ({ ...one, title: "Un nombre que no cabe en una línea" })) };
    expect(rowOf(long, 200)).toBeGreaterThan(row);
    expect(drawnSeries(chart).map(({ name }) => name)).toEqual(["propuesta", "terminada"]);
  });

  it("paints invented money as such, whatever stands beside it", () => {
    const series = [
      { name: "plan_clp", title: "Del plan" },
      { name: "invented_clp", title: "Inventado" },
    ];
    const of = (plan_clp: number): Chart => ({
      ...chart,
      id: "investment",
      series,
      rows: [{ code: "1", title: "Uno", values: { plan_clp, invented_clp: 5 } }],
    });
    expect(barsOf(of(0), "day", "plan", "demo", "safe")).toEqual(["demo"]);
    expect(barsOf(of(7), "day", "plan", "demo", "safe")).toEqual(["plan", "demo"]);
  });

  it("tells figures as the table does", () => {
    expect(["es", "en"].map((lang) => told(1234567, lang as "es"))).toEqual(["1.234.567", "1,234,567"]);
    expect([12.345, 0.1234, 0, 88, null, undefined].map((one) => told(one, "es"))).toEqual(["12,3", "0,12", "0", "88", "—", "—"]);
  });
});
