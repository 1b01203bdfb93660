import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import { colour, type Inks } from "./images/inks";

/** The place that a person asked for; on a pin the ring goes around its head. */
export interface Picked {
  geometry: GeoJSON.Geometry;
  isPin: boolean;
}

/** The source of the ring, and the beginning of its layers' names. */
export const PICKED = "picked";
/** How far above its place the head of a pin is. */
const PIN_HEAD_PX = 18;

/** An ink ring with a gap around whatever was picked; it grows with nothing and hides nothing. */
export function pickedLayers(inks: Inks, isPin: boolean): LayerSpecification[] {
  const lift = isPin ? PIN_HEAD_PX : 0;
  const [ink, gap] = [colour(inks, "ink"), colour(inks, "gap")];
  const lines: FilterSpecification = ["!=", ["geometry-type"], "Point"];
  const points: FilterSpecification = ["==", ["geometry-type"], "Point"];
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return [
    { id: "picked-gap", type: "line", source: PICKED, filter: lines, layout: round, paint: { "line-color": gap, "line-width": 6 } },
    { id: "picked-line", type: "line", source: PICKED, filter: lines, layout: round, paint: { "line-color": ink, "line-width": 2.5 } },
    {
      id: "picked-ring-gap",
      type: "circle",
      source: PICKED,
      filter: points,
      paint: {
        "circle-radius": 18,
        "circle-opacity": 0,
        "circle-stroke-color": gap,
        "circle-stroke-width": 6,
        "circle-translate": [0, -lift],
      },
    },
    {
      id: "picked-ring",
      type: "circle",
      source: PICKED,
      filter: points,
      paint: {
        "circle-radius": 19.5,
        "circle-opacity": 0,
        "circle-stroke-color": ink,
        "circle-stroke-width": 2.5,
        "circle-translate": [0, -lift],
      },
    },
  ];
}
