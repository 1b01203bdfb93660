/** The territory's style as a person has set it: layers on and off, and how faint. Pure. */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { fadedPaint } from "./fade";

export interface Dress {
  shown: ReadonlySet<string>;
  fades: Readonly<Record<string, number>>;
  /** What the tiles are asked for, as `tilesOf` says it. */
  tilesQuery: string;
}

/** What tiles are asked for: those layers and no others, at a moment. */
export function tilesOf(layers: Iterable<string>, moment: string): string {
  const names = [...new Set(layers)].sort().join(",");
  return [names && `collections=${names}`, moment].filter(Boolean).join("&");
}

/** Addresses of tiles as they are asked for. */
export function tilesAt(tiles: readonly string[], query: string): string[] {
  return tiles.map((address) => {
    const bare = address.replace(/\?.*$/, "");
    return query ? `${bare}?${query}` : bare;
  });
}

/** The style with what is off hidden and what is faint fainter. */
export function dressed(style: StyleSpecification, { shown, fades, tilesQuery }: Dress): StyleSpecification {
  const layers = style.layers.map((layer): LayerSpecification => {
    const name = "source-layer" in layer ? layer["source-layer"] : undefined;
    if (!name) return layer;
    const visible = shown.has(name) ? {} : { layout: { ...layer.layout, visibility: "none" } };
    const fade = fades[name];
    const faint = fade ? { paint: { ...layer.paint, ...fadedPaint(layer, fade) } } : {};
    return { ...layer, ...visible, ...faint } as LayerSpecification;
  });
  const sources = Object.fromEntries(
    Object.entries(style.sources).map(([name, source]) => [
      name,
      source.type === "vector" && source.tiles ? { ...source, tiles: tilesAt(source.tiles, tilesQuery) } : source,
    ]),
  );
  return { ...style, layers, sources };
}
