/** Keeps a drawn map as the store has it: theme, layers, moment and what is marked on it. */

import { api } from "./api";
import { dressed, tilesOf } from "./dress";
import { drawnShapes } from "./drawn";
import type { Theme } from "./hash";
import { inksOf } from "./images/inks";
import type { TerritoryMap } from "./map";
import { store } from "./state.svelte";
import type { StyleSpecification } from "maplibre-gl";

/** `moment` is what the tiles of this map are asked for; answers how a style is dressed to begin with. */
export function keep(
  get: () => TerritoryMap | null,
  moment: () => string,
): (style: StyleSpecification, theme: Theme) => StyleSpecification {
  let dressedFor = "";
  let askedAt = "";

  /** Nothing is fetched for a layer that is off; what was on once stays, so that it comes back at once. */
  let fetched: string[] = [];
  function tilesQuery(): string {
    fetched = [...new Set([...fetched, ...store.shown, ...store.shade.flatMap((layer) => layer["source-layer"] ?? [])])];
    return tilesOf(fetched, moment());
  }

  /** How faint layers are is set on the map, which has to know the style's own paint. */
  function unfaded(style: StyleSpecification): StyleSpecification {
    return dressed(style, { shown: store.shown, fades: {}, tilesQuery: tilesQuery() });
  }

  $effect(() => {
    const theme = store.theme;
    const map = get();
    if (!map || theme === dressedFor) return;
    api.style(theme).then(
      (style) => {
        if (theme !== store.theme) return;
        dressedFor = theme;
        map.dress(unfaded(style));
        map.fade(store.fades);
        store.inks = inksOf(style);
      },
      () => undefined, // the old dress stays; the banner tells of the connection
    );
  });
  $effect(() => get()?.show(store.shown));
  $effect(() => {
    void store.theme;
    get()?.fade(store.fades);
  });
  $effect(() => {
    const query = tilesQuery();
    const map = get();
    if (!map || query === askedAt) return;
    askedAt = query;
    map.at(query);
  });
  $effect(() => {
    const shapes = drawnShapes(store.drawn, store.mark, store.frame);
    get()?.draw({ ...shapes, features: [...shapes.features, ...store.different] });
  });
  $effect(() => get()?.shade(store.shade));
  $effect(() => get()?.narrow(store.matching));
  $effect(() => get()?.pick(store.picked));
  $effect(() => {
    if (store.edits) get()?.refresh();
  });
  $effect(() => get()?.select(store.feature));

  return (style, theme) => {
    dressedFor = theme;
    askedAt = tilesQuery();
    return unfaded(style);
  };
}
