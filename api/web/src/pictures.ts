/** Pictures of the style, of which the relief is one: they come once the map is drawn. */

import type { ErrorEvent, Map, SourceSpecification, StyleSpecification } from "maplibre-gl";

/** What the map begins with. */
export function withoutPictures(style: StyleSpecification): StyleSpecification {
  const sources = Object.fromEntries(Object.entries(style.sources).filter(([, { type }]) => type !== "image"));
  return { ...style, sources, layers: style.layers.filter((layer) => !("source" in layer) || layer.source in sources) };
}

/** Lays each upon the layer that it follows. */
export function addPictures(map: Map, { sources, layers }: StyleSpecification): void {
  for (const [i, layer] of layers.entries()) {
    const name = "source" in layer ? layer.source : "";
    const source = sources[name];
    if (source?.type !== "image" || map.getLayer(layer.id)) continue;
    if (!map.getSource(name)) map.addSource(name, source);
    const drawn = map.getLayersOrder();
    map.addLayer(layer, drawn[drawn.indexOf(layers[i - 1]?.id ?? "") + 1]);
  }
}

/** Whether one did not come: what is drawn is whole without. */
export function isOfPicture(fault: ErrorEvent): boolean {
  return (fault as { source?: SourceSpecification }).source?.type === "image";
}
