/** A round length on the ground and how wide it is on the map. */

const EARTH_M = 40_075_016.686;
const TILE_PX = 512;

/**
 * The longest of 1, 2, 5 × 10ⁿ metres that fits in `mostPx` at this zoom and latitude.
 * Web Mercator stretches by 1/cos(latitude): the bar is right where it is read, at the centre.
 */
export function scaleOf(zoom: number, lat: number, mostPx: number): { metres: number; px: number } {
  const metresPerPx = (EARTH_M * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);
  const most = metresPerPx * mostPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= most) ?? power;
  return { metres, px: Math.round(metres / metresPerPx) };
}
