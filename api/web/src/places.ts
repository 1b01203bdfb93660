/** Addresses of the pages that tell what is at a place and what is coming. Pure. */

import type { Lang } from "./hash";
import type { LonLat } from "./utm";

/** Layers whose features have a page of their own. */
const LAYERS = ["neighbourhoods", "rural_localities", "green_areas", "initiatives"];

export function placePage([lon, lat]: LonLat, lang: Lang): string {
  return `/api/places?lat=${lat.toFixed(5)}&lon=${lon.toFixed(5)}&lang=${lang}&f=html`;
}

/** The page of a feature; null where its layer has none. */
export function featurePage(layer: string, code: string, lang: Lang): string | null {
  return LAYERS.includes(layer) ? `/api/places/${layer}/${encodeURIComponent(code)}?lang=${lang}&f=html` : null;
}

/** Where to go from a place, by hazard. */
export function wayOut([lon, lat]: LonLat, lang: Lang): string {
  return `/adonde-voy?at=${lat.toFixed(5)}/${lon.toFixed(5)}&lang=${lang}`;
}
