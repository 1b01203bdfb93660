/** Lengths and areas on the ellipsoid: geodesics of WGS 84 (Karney 2013), by his own library. Pure. */

import geodesic from "geographiclib-geodesic";
import type { LonLat } from "./utm";

const { WGS84 } = geodesic.Geodesic;

/** Metres of each stretch along the points. */
export function stretches(points: readonly LonLat[]): number[] {
  return points.slice(1).map(([lon, lat], i) => {
    const [lon0, lat0] = points[i] ?? [lon, lat];
    return WGS84.Inverse(lat0, lon0, lat, lon).s12 ?? 0;
  });
}

/** Metres along the points. */
export function lengthOf(points: readonly LonLat[]): number {
  return stretches(points).reduce((sum, one) => sum + one, 0);
}

/** Square metres inside the points and metres around them, whichever way they go round. */
export function areaOf(points: readonly LonLat[]): { area: number; around: number } {
  const polygon = WGS84.Polygon(false);
  for (const [lon, lat] of points) polygon.AddPoint(lat, lon);
  const { area = 0, perimeter } = polygon.Compute(false, true);
  return { area: Math.abs(area), around: perimeter };
}
