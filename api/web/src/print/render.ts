/** A picture of the map as a sheet needs it: larger than the screen, in the colours of print. */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { dressed, type Dress } from "../dress";
import { DRAWN, drawnLayers } from "../drawn";
import { image, inksOf, RATIO } from "../images";
import { fetchRest } from "../images/shapes";
import { isOverShade, narrowed, tileSource } from "../ofTerritory";
import { isOfPicture } from "../pictures";
import type { Shade } from "../shade";
import type { LonLat } from "../utm";
import type { Seen } from "./key";
import type { Layout } from "./paper";

/** Pixels of the picture for one of CSS: 288 in an inch. */
const SHARP = 3;
const MOST_PX = 8192;

export interface Wanted extends Dress {
  style: StyleSpecification;
  drawn: GeoJSON.FeatureCollection;
  /** What colours the areas of an indicator. */
  shade: readonly Shade[];
  /** The initiatives that are drawn; null for all. */
  matching: readonly string[] | null;
  centre: LonLat;
  layout: Layout;
}

/** The style with an indicator over the ground, under lines and names, and of initiatives those that are wanted. */
function laid(style: StyleSpecification, shade: readonly Shade[], matching: readonly string[] | null): StyleSpecification {
  const source = tileSource(style);
  const filters = new Map(narrowed(style, matching));
  const layers = style.layers.map((layer) => {
    const filter = filters.get(layer.id);
    return filter ? ({ ...layer, filter } as LayerSpecification) : layer;
  });
  const above = layers.findIndex(isOverShade);
  layers.splice(above < 0 ? layers.length : above, 0, ...shade.map((layer) => ({ ...layer, source }) as LayerSpecification));
  return { ...style, layers };
}

/** The address of a PNG, for as long as the page lives or until it is revoked, and what is drawn on it. */
export async function render({ style, drawn, centre, layout, shade, matching, ...dress }: Wanted): Promise<[string, Seen[]]> {
  const [{ maplibregl }] = await Promise.all([import("../live"), fetchRest().catch(() => undefined)]);
  const inks = inksOf(style);
  const whole = laid(dressed(style, dress), shade, matching);
  const [width, height] = layout.px;
  const container = document.createElement("div");
  container.style.cssText = `position:fixed;left:-20000px;top:0;width:${width}px;height:${height}px`;
  container.setAttribute("aria-hidden", "true");
  container.inert = true;
  document.body.append(container);
  const map = new maplibregl.Map({
    container,
    style: {
      ...whole,
      sources: { ...whole.sources, [DRAWN]: { type: "geojson", data: drawn } },
      layers: [...whole.layers, ...drawnLayers(inks)],
    },
    center: centre,
    zoom: layout.zoom,
    maxZoom: 24,
    interactive: false,
    attributionControl: false,
    fadeDuration: 0,
    pixelRatio: Math.min(SHARP, MOST_PX / width, MOST_PX / height),
    maxCanvasSize: [MOST_PX, MOST_PX],
    canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
  });
  try {
    map.on("styleimagemissing", ({ id }) => {
      const add = (data: ImageData) => {
        if (map.hasImage(id)) map.updateImage(id, data);
        else map.addImage(id, data, { pixelRatio: RATIO });
      };
      const made = image(id, inks, add);
      if (made) add(made);
    });
    await new Promise<void>((done, fail) => {
      map.once("idle", () => done());
      map.on("error", (fault) => {
        if (!isOfPicture(fault)) fail(fault.error);
      });
    });
    const blob = await new Promise<Blob | null>((done) => map.getCanvas().toBlob(done, "image/png"));
    if (!blob) throw new Error("the browser gave no picture of the map");
    const seen = map.queryRenderedFeatures().map(({ layer: { id }, properties }) => ({ layer: { id }, properties }));
    return [URL.createObjectURL(blob), seen];
  } finally {
    map.remove();
    container.remove();
  }
}
