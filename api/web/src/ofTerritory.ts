/** Which layers of the drawn style are the territory's own. Pure. */

import type { FilterSpecification, LayerSpecification, MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";
import type { Hit } from "./types";

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

/** The tiles that all of the territory is drawn from. */
export function tileSource({ sources }: StyleSpecification): string {
  return Object.keys(sources).find((id) => sources[id]?.type === "vector") ?? "";
}

/** Where an indicator lies: over the ground, under the first layer of these. */
export function isOverShade(layer: LayerSpecification): boolean {
  return orderOf(layer) >= 550 && !layer.id.startsWith(SHADE);
}

/** The territory's box with room to see its edges in the middle of a screen. */
export function around([west, south, east, north]: [number, number, number, number]): [number, number, number, number] {
  const [dx, dy] = [east - west, north - south];
  return [west - dx, Math.max(south - dy, -85), east + dx, Math.min(north + dy, 85)];
}

/** What the layers of initiatives' places are filtered by where only some are wanted; null is all. */
export function narrowed(
  style: StyleSpecification,
  codes: readonly string[] | null,
): [string, FilterSpecification | undefined][] {
  return style.layers.flatMap((layer): [string, FilterSpecification | undefined][] => {
    if (!isOfTerritory(layer) || layer["source-layer"] !== "project_locations") return [];
    const own = "filter" in layer ? layer.filter : undefined;
    const among = ["in", ["get", "initiative"], ["literal", codes]];
    return [[layer.id, codes ? (["all", ...(own ? [own] : []), among] as unknown as FilterSpecification) : own]];
  });
}

/** What lies around a place, each once: near is enough for points and lines, an area has to be `exact`ly there. */
export function hitsOf(near: MapGeoJSONFeature[], exact: MapGeoJSONFeature[], firstOnly: boolean): Hit[] {
  const there = new Set(exact.map(keyOf));
  const hits = new Map<string, Hit>();
  for (const feature of near) {
    const key = keyOf(feature);
    if (feature.geometry.type.endsWith("Polygon") && !there.has(key)) continue;
    if (!hits.has(key)) hits.set(key, { layer: feature.sourceLayer ?? "", id: String(feature.id), properties: feature.properties });
    if (firstOnly) break;
  }
  return [...hits.values()];
}

/** What a feature is the same by in whatever tile it lies. */
function keyOf(feature: MapGeoJSONFeature): string {
  return `${feature.sourceLayer ?? ""}/${String(feature.id)}`;
}
