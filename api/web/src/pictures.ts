/** Pictures of the style, of which the relief is one: they come once the map is drawn, and it never waits for them. */

import type { ErrorEvent, Map, SourceSpecification, StyleSpecification } from "maplibre-gl";

/** What the map begins with. */
export function withoutPictures(style: StyleSpecification): StyleSpecification {
  const sources = Object.fromEntries(Object.entries(style.sources).filter(([, { type }]) => type !== "image"));
  return { ...style, sources, layers: style.layers.filter((layer) => !("source" in layer) || layer.source in sources) };
}

/**
 * Lays each upon the layer that it follows, once it has come and while the style `isWorn`. The map knows of none
 * before: with one on its way it would not come to rest.
 */
export function addPictures(map: Map, { sources, layers }: StyleSpecification, isWorn: () => boolean): void {
  for (const [i, layer] of layers.entries()) {
    const name = "source" in layer ? layer.source : "";
    const source = sources[name];
    if (source?.type !== "image") continue;
    fetched(source.url)
      .then((canvas) => {
        if (!isWorn() || map.getLayer(layer.id)) return;
        if (!map.getSource(name)) map.addSource(name, { type: "canvas", canvas, coordinates: source.coordinates, animate: false });
        const drawn = map.getLayersOrder();
        map.addLayer(layer, drawn[drawn.indexOf(layers[i - 1]?.id ?? "") + 1]);
      })
      .catch(() => undefined); // what is drawn is whole without
  }
}

async function fetched(url: string): Promise<HTMLCanvasElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return canvas;
}

/** Whether one did not come to a map that was given it. */
export function isOfPicture(fault: ErrorEvent): boolean {
  return (fault as { source?: SourceSpecification }).source?.type === "image";
}
