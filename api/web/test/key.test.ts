import { describe, expect, it } from "vitest";
import { classesOf, differencesOf, folded, groupsOf } from "../src/print/key";
import type { Indicator, LegendLayer } from "../src/types";

const symbol = { type: "fill", color: "#123456" } as const;
const entry = (title: string, style_layer: string, where: Record<string, string> = {}) => ({ title, symbol, style_layer, where });
const layer = (title: string, entries: LegendLayer["entries"]) => ({ title, entries }) as LegendLayer;

const parks = layer("Áreas verdes", [entry("Área verde", "parks-fill"), entry("Área deportiva", "parks-sport")]);
const hazards = layer("Áreas a evacuar", ["alto", "medio", "bajo"].map((level) => entry(level, "hazards-fill", { level })));
const roads = layer("Calles", [entry("Calle", "roads-line")]);
const seen = [
  { layer: { id: "parks-fill" }, properties: {} },
  { layer: { id: "hazards-fill" }, properties: { level: "alto" } },
  { layer: { id: "hazards-fill" }, properties: { level: "bajo" } },
  { layer: { id: "roads-name" }, properties: {} },
];

describe("the legend of a sheet", () => {
  const groups = groupsOf([parks, hazards, roads], seen);

  it("holds the signs that are drawn and no others, those of a code under their layer", () => {
    expect(groups.map(({ title, signs }) => [title, ...signs.map((sign) => sign.title)])).toEqual([
      ["", "Área verde"],
      ["Áreas a evacuar", "alto", "bajo"],
    ]);
  });

  it("folds the longest first, and loses none", () => {
    const short = folded(groups, [parks, hazards, roads], 1);
    expect(short.map(({ title, signs }) => [title, ...signs.map((sign) => sign.title)])).toEqual([
      ["", "Área verde"],
      ["", "Áreas a evacuar"],
    ]);
    expect(folded(groups, [parks, hazards, roads], 9)).toEqual(short);
    const both = groupsOf([parks], [...seen, { layer: { id: "parks-sport" }, properties: {} }]);
    expect(folded(both, [parks], 1)[0]?.signs.map((sign) => sign.title)).toEqual(["Áreas verdes"]);
  });

  it("tells the classes of an indicator in the colours of day, and what has no figure", () => {
    const classes = [{ label: "0 a 5", day: "#aabbcc", dark: "#000000", from: 0, to: 5, count: 2 }];
    const none = [{ label: "menos de 30 personas", reason: "few", count: 1 }];
    const found = classesOf({ title: "Área verde", unit: "m²", shape: "area", classes, none } as unknown as Indicator);
    expect(found.title).toBe("Área verde (m²)");
    expect(found.signs.map(({ title, symbol: { color } }) => [title, color])).toEqual([
      ["0 a 5", "#aabbcc"],
      ["menos de 30 personas", "#d9d4cc"],
    ]);
  });

  it("tells of two days only what there is", () => {
    const different = [{ type: "Feature", properties: { what: "removed" }, geometry: { type: "Point", coordinates: [0, 0] } }] as GeoJSON.Feature[];
    const found = differencesOf("Cambios", different, { added: "Nuevo", changed: "Cambiado", removed: "Retirado" }, {});
    expect(found.signs.map(({ title }) => title)).toEqual(["Retirado"]);
  });
});
