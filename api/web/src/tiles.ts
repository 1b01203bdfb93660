/** Which tiles a map asks for: at a moment, and again when the data have changed. */

import type { Map, StyleSpecification, VectorTileSource } from "maplibre-gl";
import { tilesAt } from "./dress";

/** Asks once the tiles on their way have come: MapLibre takes what comes for the old question as the answer to the new. */
export class Tiles {
  readonly #map: Map;
  readonly #style: () => StyleSpecification;
  #query = "";

  constructor(map: Map, style: () => StyleSpecification) {
    this.#map = map;
    this.#style = style;
  }

  at(query: string): void {
    this.#query = query;
    this.#later(this.#ask);
  }

  /** Those that did not change are answered 304. */
  again(): void {
    this.#later(this.#refresh);
  }

  #later(work: () => void): void {
    this.#map.off("idle", work);
    void this.#map.once("idle", work);
    this.#map.triggerRepaint();
  }

  readonly #ask = (): void => {
    for (const [id, source] of Object.entries(this.#style().sources)) {
      if (source.type === "vector" && source.tiles) this.#map.getSource<VectorTileSource>(id)?.setTiles(tilesAt(source.tiles, this.#query));
    }
  };

  readonly #refresh = (): void => {
    for (const [id, { type }] of Object.entries(this.#map.getStyle().sources)) if (type === "vector") this.#map.refreshTiles(id);
  };
}
