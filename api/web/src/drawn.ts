/** What a person draws on the map: a measured line or area with its points, and a marked place. Pure. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Drawn } from "./hash";
import { colour, type Inks } from "./images/inks";
import type { LonLat } from "./utm";

/** The source, and the beginning of its layers' names. */
export const DRAWN = "drawn";

/** What came, changed and went between two days: a colour, and a form of the line that tells it without. */
export const DIFFERENT: readonly (readonly ["added" | "changed" | "removed", string, number[] | null])[] = [
  ["added", "evacuation", null],
  ["changed", "initiative", [3, 1.5]],
  ["removed", "error", [0.6, 1]],
];

/** The shapes of both; empty when there is neither. */
export function drawnShapes(
  drawn: Drawn | null,
  mark: LonLat | null,
  frame: readonly LonLat[] = [],
): GeoJSON.FeatureCollection {
  const points = [...(drawn?.points ?? [])];
  const shape = (geometry: GeoJSON.Geometry, what: string): GeoJSON.Feature => ({
    type: "Feature",
    properties: { what },
    geometry,
  });
  const [first] = points;
  const isArea = drawn?.kind === "area" && points.length > 2 && first;
  const features: GeoJSON.Feature[] = [];
  if (isArea) features.push(shape({ type: "Polygon", coordinates: [[...points, first]] }, "area"));
  else if (points.length > 1) features.push(shape({ type: "LineString", coordinates: points }, "line"));
  features.push(...points.map((place) => shape({ type: "Point", coordinates: place }, "point")));
  if (frame[0]) features.push(shape({ type: "LineString", coordinates: [...frame, frame[0]] }, "frame"));
  if (mark) features.push(shape({ type: "Point", coordinates: mark }, "mark"));
  return { type: "FeatureCollection", features };
}

/** Ink with a gap around it, as all that a person puts on the map. */
export function drawnLayers(inks: Inks): LayerSpecification[] {
  const [ink, gap] = [colour(inks, "ink"), colour(inks, "gap")];
  const source = DRAWN;
  const of = (what: string): ExpressionSpecification => ["==", ["get", "what"], what];
  const lines: ExpressionSpecification = ["!=", ["geometry-type"], "Point"];
  const own: ExpressionSpecification = ["all", lines, ["in", ["get", "what"], ["literal", ["line", "area", "frame"]]]];
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  const dot = (id: string, what: string, radius: number): LayerSpecification => ({
    id: `${DRAWN}-${id}`,
    type: "circle",
    source,
    filter: of(what),
    paint: { "circle-radius": radius, "circle-color": gap, "circle-stroke-color": ink, "circle-stroke-width": 2.5 },
  });
  return [
    ...DIFFERENT.flatMap(([action, name, dash]): LayerSpecification[] => [
      {
        id: `${DRAWN}-${action}`,
        type: "line",
        source,
        filter: ["all", of(action), lines],
        layout: { "line-join": "round" },
        paint: { "line-color": colour(inks, name), "line-width": 4, ...(dash ? { "line-dasharray": dash } : {}) },
      },
      {
        id: `${DRAWN}-${action}-point`,
        type: "circle",
        source,
        filter: ["all", of(action), ["==", ["geometry-type"], "Point"]],
        paint: {
          "circle-radius": action === "removed" ? 7 : action === "changed" ? 10 : 13,
          "circle-opacity": 0,
          "circle-stroke-color": colour(inks, name),
          "circle-stroke-width": 4,
        },
      },
    ]),
    { id: `${DRAWN}-fill`, type: "fill", source, filter: of("area"), paint: { "fill-color": ink, "fill-opacity": 0.12 } },
    { id: `${DRAWN}-gap`, type: "line", source, filter: own, layout, paint: { "line-color": gap, "line-width": 6 } },
    { id: `${DRAWN}-line`, type: "line", source, filter: own, layout, paint: { "line-color": ink, "line-width": 2.5 } },
    dot("point", "point", 4),
    dot("mark", "mark", 9),
    { ...dot("eye", "mark", 2), paint: { "circle-radius": 3, "circle-color": ink } } as LayerSpecification,
  ];
}
