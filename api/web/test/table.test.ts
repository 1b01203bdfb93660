import { describe, expect, it } from "vitest";
import { columnsOf, nextSort, qualityOf } from "../src/table";
import type { Feature, Schema } from "../src/types";

const schema: Schema = {
  properties: {
    id: { "x-ogc-role": "id", "x-ogc-propertySeq": 1 },
    geometry: { "x-ogc-role": "primary-geometry", "x-ogc-propertySeq": 2 },
    code: { title: "Código", type: "string", "x-ogc-propertySeq": 3 },
    area_m2: { title: "Superficie", type: "number", "x-ogc-propertySeq": 5 },
    empty: { title: "Nada", type: "string", "x-ogc-propertySeq": 6 },
    hazards: { title: "Amenazas", type: "array", "x-ogc-propertySeq": 7 },
    name: { title: "Nombre", type: "string", "x-ogc-propertySeq": 9 },
    version: { type: "integer", "x-ogc-propertySeq": 10 },
  },
};

const row = (properties: Record<string, unknown>): Feature => ({ type: "Feature", id: "1", geometry: null, properties });

describe("the table of a layer", () => {
  it("begins with the label, and leaves out what no row fills and what the register keeps", () => {
    const rows = [row({ code: "A", name: "Plaza", area_m2: 5, empty: null, hazards: ["crecida"], version: 1 })];
    const columns = columnsOf(schema, rows, "name");
    expect(columns.map(({ title }) => title)).toEqual(["Nombre", "Código", "Superficie", "Amenazas"]);
    expect(columns.map(({ isNumber }) => isNumber)).toEqual([false, false, true, false]);
    expect(columns.at(-1)?.canSort).toBe(false);
  });

  it("keeps label and code when it has no rows", () => {
    expect(columnsOf(schema, [], "name").map(({ name }) => name)).toEqual(["name", "code"]);
  });

  it("rises, falls and goes back to the layer's own order", () => {
    expect(nextSort("", "name")).toBe("name");
    expect(nextSort("name", "name")).toBe("-name");
    expect(nextSort("-name", "name")).toBe("");
    expect(nextSort("-name", "area_m2")).toBe("area_m2");
  });
});

describe("how well a layer is known", () => {
  it("tells the middle and the worst of the features that say it", () => {
    const told = qualityOf([
      row({ horizontal_accuracy_m: 20, capture_method: "gnss", source_date: "2025-03-01" }),
      row({ horizontal_accuracy_m: 2, capture_method: "estimate", source_date: "2024-01-01" }),
      row({ horizontal_accuracy_m: 5, capture_method: "estimate", source_date: null }),
      row({ horizontal_accuracy_m: null, capture_method: null }),
    ]);
    expect(told.accuracy).toEqual({ told: 3, median: 5, worst: 20 });
    expect(told.methods).toEqual([{ code: "estimate", count: 2 }, { code: "gnss", count: 1 }]); // prettier-ignore
    expect(told.dates).toEqual(["2024-01-01", "2025-03-01"]);
  });

  it("says nothing where features say nothing", () => {
    expect(qualityOf([row({})])).toEqual({ features: 1, accuracy: null, methods: [], dates: null });
  });
});
