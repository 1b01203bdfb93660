/** A layer made fainter: its opacities times a factor, whatever expression they are. Pure. */

import type { LayerSpecification } from "maplibre-gl";

const OPACITIES: Partial<Record<LayerSpecification["type"], string[]>> = {
  fill: ["fill-opacity"],
  line: ["line-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"],
  symbol: ["icon-opacity", "text-opacity"],
};

/** The opacity properties of a style layer when it is so many per cent transparent; 0 is the style's own. */
export function fadedPaint(layer: LayerSpecification, percent: number): Record<string, unknown> {
  const paint = (layer.paint ?? {}) as Record<string, unknown>;
  const factor = 1 - percent / 100;
  return Object.fromEntries(
    (OPACITIES[layer.type] ?? []).map((name) => [name, percent ? scaled(paint[name] ?? 1, factor) : paint[name]]),
  );
}

/**
 * A number or expression times a factor. An expression of the zoom may stand only outermost
 * (MapLibre style specification, "camera expressions"), so its outputs are scaled and not it.
 */
export function scaled(value: unknown, factor: number): unknown {
  if (typeof value === "number") return Number((value * factor).toFixed(4));
  if (!Array.isArray(value)) return value;
  const parts = value as unknown[];
  if (parts[0] === "interpolate") return parts.map((one, i) => (i >= 4 && i % 2 === 0 ? scaled(one, factor) : one));
  if (parts[0] === "step") return parts.map((one, i) => (i >= 2 && i % 2 === 0 ? scaled(one, factor) : one));
  return ["*", factor, value];
}
