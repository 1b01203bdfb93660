/**
 * Tiles of an outside provider between our own ground and our layers. Our own ground stays beneath: where a tile
 * does not come it is seen, and where the provider does not answer nothing else is, at once and without asking again.
 */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Theme } from "./hash";
import type { maplibregl, TerritoryMap } from "./map";
import { isOfTerritory, orderOf } from "./ofTerritory";

/** As the style of the territory tells it. */
export interface Provider {
  tiles: string;
  attribution: string;
  minzoom: number;
  maxzoom: number;
}

/** `waiting`: no tile has come yet; `absent`: it does not answer, and is asked no more. */
export type Answering = "waiting" | "drawn" | "absent";

type Library = typeof maplibregl;
type Map = maplibregl.Map;

const OUTSIDE = "outside";
const PATIENCE_MS = 8000;
/** So many tiles in a row that fail, or that a provider who gave none does not have, are enough. */
const MOST_FAILED = 3;
const MOST_LACKED = 6;
/** Where the drawing order of the map goes over from ground to what is shown on it. */
const ABOVE_GROUND = 400;
/** Lighter than a dark page bears: what comes from outside is dimmed there. */
const PAINT: Record<Theme, object> = {
  day: {},
  dark: { "raster-brightness-max": 0.38, "raster-saturation": -0.3 },
};

/** The address of a tile. */
export function addressOf(template: string, z: string, x: string, y: string): string {
  return template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
}

/** An attribution, and the address at its end where it has one. */
export function attributionOf(text: string): { text: string; href: string | null } {
  const found = /^(.*\S)\s+(https?:\/\/\S+)$/.exec(text);
  return found ? { text: found[1] ?? text, href: found[2] ?? null } : { text, href: null };
}

/** The layers that lie among our own ground and are not part of it, with what each stands before. */
export function liftedOf(layers: readonly LayerSpecification[], ground: ReadonlySet<string>): [string, string | undefined][] {
  return layers.flatMap((layer, i): [string, string | undefined][] =>
    isOfTerritory(layer) && orderOf(layer) < ABOVE_GROUND && !ground.has(layer["source-layer"])
      ? [[layer.id, layers[i + 1]?.id]]
      : [],
  );
}

export class Outside {
  readonly #map: TerritoryMap;
  readonly #library: Library;
  readonly #provider: Provider;
  /** Layers of the territory that a provider's map has too. */
  readonly #ground: ReadonlySet<string>;
  readonly #tell: (now: Answering) => void;
  #theme: Theme;
  #now: Answering = "waiting";
  #failed = 0;
  #lacked = 0;
  /** Ends every request that is still out. */
  #asking = new AbortController();

  constructor(map: TerritoryMap, library: Library, provider: Provider, ground: ReadonlySet<string>, theme: Theme, tell: (now: Answering) => void) {
    this.#map = map;
    this.#library = library;
    this.#provider = provider;
    this.#ground = ground;
    this.#theme = theme;
    this.#tell = tell;
  }

  /** Asks the provider, until it fails. */
  on(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    [this.#failed, this.#lacked] = [0, 0];
    this.#library.addProtocol(OUTSIDE, ({ url }, stop) => this.#tile(url, stop));
    this.#to("waiting");
    this.#map.ground((map, style) => this.#lay(map, style));
  }

  /** Our own base map, whole. */
  off(): void {
    this.#asking.abort();
    this.#map.ground((map, style) => take(map, style, this.#ground));
    this.#map.ground(null);
  }

  /** How it is painted from the next dress on. */
  dress(theme: Theme): void {
    this.#theme = theme;
  }

  #to(now: Answering): void {
    this.#now = now;
    this.#tell(now);
  }

  #lay(map: Map, style: StyleSpecification): void {
    if (!map.getSource(OUTSIDE)) {
      const { minzoom, maxzoom } = this.#provider;
      map.addSource(OUTSIDE, { type: "raster", tiles: [`${OUTSIDE}://{z}/{x}/{y}`], tileSize: 256, minzoom, maxzoom });
    }
    const above = style.layers.find((layer) => orderOf(layer) >= ABOVE_GROUND)?.id;
    if (!map.getLayer(OUTSIDE)) {
      map.addLayer({ id: OUTSIDE, type: "raster", source: OUTSIDE, paint: { ...PAINT[this.#theme], "raster-fade-duration": 0 } }, above);
    }
    for (const [id] of liftedOf(style.layers, this.#ground)) map.moveLayer(id, above);
    if (this.#now === "drawn") nameGround(map, style, this.#ground, false);
  }

  async #tile(url: string, stop: AbortController): Promise<{ data: ImageBitmap }> {
    const asking = this.#asking;
    const [z = "", x = "", y = ""] = url.slice(`${OUTSIDE}://`.length).split("/");
    const signal = AbortSignal.any([stop.signal, asking.signal, AbortSignal.timeout(PATIENCE_MS)]);
    try {
      asking.signal.throwIfAborted();
      const answer = await fetch(addressOf(this.#provider.tiles, z, x, y), { signal, credentials: "omit" });
      if ([204, 404, 410].includes(answer.status)) {
        this.#lacks(asking);
        return { data: await nothing() };
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await createImageBitmap(await answer.blob());
      this.#drew(asking);
      return { data };
    } catch (fault) {
      if (stop.signal.aborted) throw fault;
      this.#fails(asking);
      return { data: await nothing() };
    }
  }

  #drew(asking: AbortController): void {
    if (asking.signal.aborted) return;
    [this.#failed, this.#lacked] = [0, 0];
    if (this.#now === "drawn") return;
    this.#to("drawn");
    this.#map.ground((map, style) => this.#lay(map, style));
  }

  #lacks(asking: AbortController): void {
    this.#lacked += 1;
    if (this.#now === "waiting" && this.#lacked >= MOST_LACKED) this.#leave(asking);
  }

  #fails(asking: AbortController): void {
    this.#failed += 1;
    if (this.#failed >= MOST_FAILED) this.#leave(asking);
  }

  #leave(asking: AbortController): void {
    if (asking.signal.aborted) return;
    this.off();
    this.#to("absent");
  }
}

/** Takes the provider's tiles away and puts every layer back to its place. */
function take(map: Map, style: StyleSpecification, ground: ReadonlySet<string>): void {
  if (map.getLayer(OUTSIDE)) map.removeLayer(OUTSIDE);
  if (map.getSource(OUTSIDE)) map.removeSource(OUTSIDE);
  for (const [id, before] of liftedOf(style.layers, ground).reverse()) map.moveLayer(id, before);
  nameGround(map, style, ground, true);
}

/** Shows or hides the names of the ground: a provider's map has its own. */
function nameGround(map: Map, style: StyleSpecification, ground: ReadonlySet<string>, shown: boolean): void {
  for (const layer of style.layers) {
    if (layer.type !== "symbol" || !ground.has(layer["source-layer"] ?? layer.source)) continue;
    if (shown) map.setLayerZoomRange(layer.id, layer.minzoom ?? 0, layer.maxzoom ?? 24);
    else map.setLayerZoomRange(layer.id, 24, 24);
  }
}

/** A tile through which our own ground is seen. */
function nothing(): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(1, 1));
}
