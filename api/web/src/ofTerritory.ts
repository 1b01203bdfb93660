/** Which layers of the drawn style are the territory's own. Pure. */

import type { LayerSpecification } from "maplibre-gl";

/** How the names of an indicator's layers begin. */
export const SHADE = "shade-";

type TerritoryLayer = LayerSpecification & { "source-layer": string };

export function isOfTerritory(layer: LayerSpecification): layer is TerritoryLayer {
  return "source-layer" in layer && !layer.id.startsWith(SHADE);
}

/** What turns the cursor into a hand: drawn things, not the ground everything stands on. */
export function isTappable(layer: LayerSpecification): boolean {
  const order = orderOf(layer);
  return order >= 500 && order < 800;
}

export function orderOf(layer: LayerSpecification): number {
  return (layer.metadata as { order?: number } | undefined)?.order ?? 0;
}
