import { expect, it } from "vitest";
import { changesOf } from "../src/history";
import type { Feature, Schema } from "../src/types";
import { es } from "../src/words/es";

const language = { lang: "es", words: es, timeZone: "UTC" } as const;
const schema: Schema = {
  properties: {
    name: { title: "Nombre", "x-ogc-propertySeq": 1 },
    status: { title: "Estado", oneOf: [{ const: "a", title: "Propuesta" }, { const: "b", title: "Terminada" }], "x-ogc-propertySeq": 2 },
    cost: { title: "Costo", type: "integer", "x-ogc-unit": "CLP", "x-ogc-propertySeq": 3 },
  },
};
const version = (properties: Record<string, unknown>, geometry: GeoJSON.Geometry | null = null): Feature => ({
  type: "Feature",
  id: "x",
  geometry,
  properties,
});

it("tells what changed by the titles of fields and codes, in their order", () => {
  const before = version({ cost: null, name: "Plaza", status: "a", version: 1, updated_at: "2026-01-01" });
  const after = version({ cost: 1250000, name: "Plaza", status: "b", version: 2, updated_at: "2026-02-01" });
  expect(changesOf(before, after, schema, language)).toEqual({
    fields: [
      { title: "Estado", before: "Propuesta", after: "Terminada" },
      { title: "Costo", before: "", after: "$\u00a01.250.000" },
    ],
    shape: false,
  });
});

it("notices a shape that moved, and nothing where nothing did", () => {
  const at = (x: number) => version({ name: "Plaza" }, { type: "Point", coordinates: [x, 0] });
  expect(changesOf(at(1), at(2), schema, language)).toEqual({ fields: [], shape: true });
  expect(changesOf(at(1), at(1), schema, language)).toEqual({ fields: [], shape: false });
});
