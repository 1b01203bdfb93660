import { describe, expect, it } from "vitest";
import { boundsOf, factsOf, tell } from "../src/facts";
import type { Schema } from "../src/types";
import { es } from "../src/words/es";

const language = { lang: "es" as const, words: es, timeZone: "America/Santiago" };
const schema: Schema = {
  properties: {
    id: { type: "string", "x-ogc-role": "id", "x-ogc-propertySeq": 1 },
    geometry: { "x-ogc-role": "primary-geometry", "x-ogc-propertySeq": 2 },
    code: { type: "string", title: "Código" },
    name: { type: "string", title: "Nombre", "x-ogc-propertySeq": 3 },
    initiative: {
      type: "string",
      title: "Iniciativa",
      "x-ogc-role": "reference",
      "x-ogc-collectionId": "initiatives",
      "x-ogc-propertySeq": 9,
    },
    built: { type: "string", title: "Estado", oneOf: [{ const: "parcial", title: "Parcial" }], "x-ogc-propertySeq": 8 },
    hazard: { type: "array", items: { oneOf: [{ const: "flood", title: "Crecida" }, { const: "fire", title: "Incendio" }] } },
    area_m2: { type: "number", title: "Superficie", "x-ogc-unit": "m2" },
    population: { type: "integer", title: "Población" },
    dwellings: { type: "integer", title: "Viviendas" },
    vegetated_m2: { type: "number", title: "Vegetación", "x-ogc-unit": "m2" },
    trees: { type: "integer", title: "Árboles" },
    population_year: { type: "integer", title: "Año" },
    accessible: { type: "boolean", title: "Accesible", "x-ogc-propertySeq": 7 },
    opened: { type: "string", format: "date", title: "Abierta", "x-ogc-propertySeq": 6 },
    valid_to: { type: "string", format: "date" },
  },
};

describe("the facts of a sheet", () => {
  const facts = factsOf(
    {
      code: "X-1",
      name: "Plaza",
      built: "parcial",
      hazard: ["flood", "fire"],
      area_m2: 1250,
      population: 3204,
      population_year: 2017,
      dwellings: 1200,
      vegetated_m2: 640,
      trees: 95,
      accessible: false,
      opened: "2026-11-22",
      valid_to: "2027-01-01",
      initiative: "DT-P1-E02",
      empty: null,
    },
    schema,
    "name",
    language,
  );

  it("begins with sentences", () => {
    expect(facts.sentences.map((sentence) => sentence.replace(/\u00a0/g, " "))).toEqual([
      "Frente a: crecida e incendio.",
      "Viven aquí 3.204 personas en 1.200 viviendas.",
      "Tiene 640 m² con vegetación y 95 árboles.",
      "Vigente hasta el 1 de enero de 2027.",
    ]);
  });

  it("shows two figures, people with their year", () => {
    expect(facts.figures.map((f) => [f.title, f.value.replace(/\u00a0/g, " ")])).toEqual([
      ["Población, 2017", "3.204"],
      ["Superficie", "1.250 m²"],
    ]);
  });

  it("tells the rest in the schema's order, code titles for codes, and nothing twice", () => {
    expect(facts.rows.map((row) => [row.title, row.value])).toEqual([
      ["Abierta", "22 de noviembre de 2026"],
      ["Accesible", "No"],
      ["Estado", "Parcial"],
      ["Iniciativa", "DT-P1-E02"],
    ]);
    expect(facts.rows.at(-1)?.initiative).toBe("DT-P1-E02");
  });
});

it("leaves a year ungrouped and groups what is counted", () => {
  const years = factsOf({ opening_year: 2017, code: "X" }, { properties: { opening_year: { type: "integer" } } }, null, language);
  expect(years.rows[0]?.value).toBe("2017");
  expect(tell(1833, { type: "integer" }, language)).toBe("1.833");
  expect(tell(2017, { type: "integer", "x-ogc-unit": "m" }, language).replace(/\u00a0/g, " ")).toBe("2 km");
  expect(tell("unknown-code", { oneOf: [] }, language)).toBe("unknown-code");
});

it("bounds geometries of every kind, and knows when there are none", () => {
  expect(boundsOf([null, undefined])).toBeNull();
  expect(
    boundsOf([
      { type: "Point", coordinates: [-70, -28] },
      { type: "GeometryCollection", geometries: [{ type: "LineString", coordinates: [[-71, -29], [-70.5, -27]] }] },
    ]),
  ).toEqual([-71, -29, -70, -27]);
});
