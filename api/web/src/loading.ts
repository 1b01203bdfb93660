/** Whether a map can be drawn here, and whether something is on its way to it. */

import type { Map } from "maplibre-gl";

const LOOK_MS = 250;

/** Tells when something begins to come and when nothing more does: of that no event tells, so it is looked at. */
export function whileLoading(map: Map, tell: (is: boolean) => void): void {
  let looking = 0;
  map.on("dataloading", () => {
    tell(true);
    looking ||= window.setInterval(() => {
      if (!map.loaded() || !map.areTilesLoaded()) return;
      window.clearInterval(looking);
      looking = 0;
      tell(false);
    }, LOOK_MS);
  });
}

/** Whether this browser can draw the map at all. */
export function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}
