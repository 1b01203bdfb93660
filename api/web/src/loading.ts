/** Whether a map can be drawn here, and whether something is on its way to it. */

import type { Map } from "maplibre-gl";

const LOOK_MS = 250;

/**
 * Tells when something begins to come and when nothing more does: of that no event tells, so it is looked at.
 * A map that is gone, or has lost its graphics, never says that it is loaded: nothing more comes to it.
 */
export function whileLoading(map: Map, tell: (is: boolean) => void): void {
  let looking = 0;
  let isLost = false;
  const stop = () => {
    if (!looking) return;
    window.clearInterval(looking);
    looking = 0;
    tell(false);
  };
  map.on("dataloading", () => {
    if (isLost) return;
    tell(true);
    looking ||= window.setInterval(() => {
      if (map.loaded() && map.areTilesLoaded()) stop();
    }, LOOK_MS);
  });
  const lose = () => {
    isLost = true;
    stop();
  };
  map.on("remove", lose);
  map.on("webglcontextlost", lose);
  map.on("webglcontextrestored", () => (isLost = false));
}

/** Whether this browser can draw the map at all. */
export function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}
