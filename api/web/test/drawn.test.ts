import type { StyleSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { dressed, tilesAt, tilesOf } from "../src/dress";
import { drawnLayers, drawnShapes } from "../src/drawn";
import type { LonLat } from "../src/utm";

const POINTS: LonLat[] = [[0, 0], [1, 0], [1, 1]]; // prettier-ignore
const kinds = (shapes: GeoJSON.FeatureCollection) => shapes.features.map(({ geometry, properties }) => `${properties?.["what"]} ${geometry.type}`);

describe("what a person draws", () => {
  it("is a line, or an area once it has three points, with its points", () => {
    expect(kinds(drawnShapes({ kind: "length", points: POINTS }, null))).toEqual(
      ["line LineString", "point Point", "point Point", "point Point"], // prettier-ignore
    );
    expect(kinds(drawnShapes({ kind: "area", points: POINTS }, [2, 2]))).toEqual(
      ["area Polygon", "point Point", "point Point", "point Point", "mark Point"], // prettier-ignore
    );
    expect(kinds(drawnShapes({ kind: "area", points: POINTS.slice(0, 2) }, null))[0]).toBe("line LineString");
    expect(drawnShapes(null, null).features).toEqual([]);
  });

  it("has layers of different names, each with its filter", () => {
    const layers = drawnLayers({});
    expect(new Set(layers.map(({ id }) => id)).size).toBe(layers.length);
    expect(layers.every((layer) => "filter" in layer)).toBe(true);
  });
});

describe("a dressed style", () => {
  const style: StyleSpecification = {
    version: 8,
    sources: { s: { type: "vector", tiles: ["http://here/{z}/{y}/{x}"] } },
    layers: [
      { id: "ground", type: "background" },
      { id: "a", type: "fill", source: "s", "source-layer": "areas", paint: { "fill-opacity": 0.5 } },
      { id: "b", type: "line", source: "s", "source-layer": "roads" },
    ],
  };

  it("hides what is off, fades what is faint and asks tiles of its moment", () => {
    const made = dressed(style, { shown: new Set(["areas"]), fades: { areas: 50 }, tilesQuery: "datetime=2025-01-01" });
    expect(made.layers[1]).toMatchObject({ paint: { "fill-opacity": 0.25 } });
    expect(made.layers[2]).toMatchObject({ layout: { visibility: "none" } });
    expect(made.layers[0]).toBe(style.layers[0]);
    expect(made.sources["s"]).toMatchObject({ tiles: ["http://here/{z}/{y}/{x}?datetime=2025-01-01"] });
  });

  it("comes back from a moment to now", () => {
    expect(tilesAt(tilesAt(["http://here/{z}"], "datetime=2025-01-01"), "")).toEqual(["http://here/{z}"]);
  });
});

it("tiles are asked of the layers that are on, each named once, in one order", () => {
  expect(tilesOf(["roads", "areas", "roads"], "datetime=2025-01-01")).toBe(
    "collections=areas,roads&datetime=2025-01-01",
  );
  expect(tilesOf(["roads"], "")).toBe("collections=roads");
  expect(tilesOf([], "")).toBe("");
});
