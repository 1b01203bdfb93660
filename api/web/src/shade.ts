/** An indicator on the map: layers that colour the territory's own areas by class. Pure. */

import type { CircleLayerSpecification, ExpressionSpecification, FillLayerSpecification, LineLayerSpecification } from "maplibre-gl";
import type { Theme } from "./hash";
import { colour, type Inks } from "./images/inks";
import type { Indicator } from "./types";

/** A layer whose source is the map's own tiles. */
export type Shade = Omit<CircleLayerSpecification, "source"> | Omit<FillLayerSpecification, "source"> | Omit<LineLayerSpecification, "source">;

export type Row = Indicator["rows"][number];
export type Class = Indicator["classes"][number];

/** The grey of areas without a value: no hue of any ramp. */
export const NOTHING: Record<Theme, string> = { day: "#d9d4cc", dark: "#3a3f43" };

/** The class that holds a value: each holds its lower bound, and not its upper. */
export function classOf(value: number | null, classes: readonly Class[]): Class | undefined {
  if (value === null) return undefined;
  return classes.find(({ from, to }) => (from === null || value >= from) && (to === null || value < to));
}

/** The layers of an indicator; `chosen` is the area that a person looks at. */
export function shadeOf(found: Indicator, theme: Theme, inks: Inks, chosen: string): Shade[] {
  const id: ExpressionSpecification = ["get", "id"];
  const ids = (rows: readonly Row[]) => rows.flatMap((row) => row.id ?? []);
  const among = (rows: readonly Row[]): ExpressionSpecification => ["in", id, ["literal", ids(rows)]];
  const known = found.rows.filter((row) => row.value !== null);
  const without = found.rows.filter((row) => row.value === null);
  const layer = { "source-layer": found.of };
  const classes = found.classes.flatMap((one, number): Shade[] => {
    const inside = known.filter((row) => classOf(row.value, found.classes) === one);
    const paint = { "fill-color": one[theme], "fill-opacity": 0.82 };
    return [{ ...layer, id: `shade-${number}`, type: "fill", filter: among(inside), paint }];
  });
  const ink = colour(inks, "ink");
  if (found.shape === "point") {
    const circle = (name: string, rows: readonly Row[], fill: string, width = 1): Shade => ({
      ...layer,
      id: `shade-${name}`,
      type: "circle",
      filter: among(rows),
      paint: { "circle-radius": 9, "circle-color": fill, "circle-stroke-color": ink, "circle-stroke-width": width },
    });
    return [
      ...found.classes.map((one, number) => circle(`${number}`, known.filter((row) => classOf(row.value, found.classes) === one), one[theme])),
      circle("none", without, NOTHING[theme]),
      circle("chosen", found.rows.filter((row) => row.code === chosen), "rgba(0, 0, 0, 0)", 4),
    ];
  }
  return [
    ...classes,
    { ...layer, id: "shade-none", type: "fill", filter: among(without), paint: { "fill-color": NOTHING[theme], "fill-opacity": 0.82 } },
    { ...layer, id: "shade-hatch", type: "fill", filter: among(without), paint: { "fill-pattern": "hatch-text_2-medio", "fill-opacity": 0.6 } },
    {
      ...layer,
      id: "shade-line",
      type: "line",
      filter: among(found.rows),
      paint: { "line-color": ink, "line-opacity": 0.55, "line-width": ["interpolate", ["linear"], ["zoom"], 12, 0.4, 16, 1.2] },
    },
    { ...layer, id: "shade-chosen", type: "line", filter: among(found.rows.filter((row) => row.code === chosen)), paint: { "line-color": ink, "line-width": 4 } },
  ];
}
