/** How far and which way things lie from a place: what a map shows, for words. Pure. */

import type { LonLat } from "./utm";

/** As seen from a place: metres to the nearest part, and the wind it lies at, 0 north to 7 north-west; none where one stands in it. */
export interface Sight {
  metres: number;
  wind: number | null;
}

/** Metres in a degree of the meridian; what is told in words needs no ellipsoid. */
const DEGREE_M = 111_195;

/** What lies so near that no wind is told. */
const HERE_M = 5;

/** The nearest part of a geometry, seen from a place; null for one without any. */
export function sight(from: LonLat, geometry: GeoJSON.Geometry | null): Sight | null {
  const shrink = Math.cos((from[1] * Math.PI) / 180);
  const flat = ([lon = 0, lat = 0]: GeoJSON.Position): [number, number] => [
    (lon - from[0]) * DEGREE_M * shrink,
    (lat - from[1]) * DEGREE_M,
  ];
  let best: [number, number] | null = null;
  const take = (point: [number, number]) => {
    if (!best || Math.hypot(...point) < Math.hypot(...best)) best = point;
  };
  const line = (positions: GeoJSON.Position[]) => {
    const points = positions.map(flat);
    points.forEach((end, i) => take(nearestOf(points[i - 1] ?? end, end)));
  };
  const area = (rings: GeoJSON.Position[][]) => {
    if (isInside(rings.map((ring) => ring.map(flat)))) take([0, 0]);
    rings.forEach(line);
  };
  const walk = (one: GeoJSON.Geometry): void => {
    if (one.type === "Point") take(flat(one.coordinates));
    else if (one.type === "MultiPoint") one.coordinates.map(flat).forEach(take);
    else if (one.type === "LineString") line(one.coordinates);
    else if (one.type === "MultiLineString") one.coordinates.forEach(line);
    else if (one.type === "Polygon") area(one.coordinates);
    else if (one.type === "MultiPolygon") one.coordinates.forEach(area);
    else one.geometries.forEach(walk);
  };
  if (geometry) walk(geometry);
  if (!best) return null;
  const [x, y]: [number, number] = best;
  const metres = Math.hypot(x, y);
  const wind = Math.round(Math.atan2(x, y) / (Math.PI / 4));
  return { metres, wind: metres < HERE_M ? null : (wind + 8) % 8 };
}

/** The point of a stretch that is nearest to the origin. */
function nearestOf([ax, ay]: [number, number], [bx, by]: [number, number]): [number, number] {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(Math.max(-(ax * dx + ay * dy) / length, 0), 1) : 0;
  return [ax + share * dx, ay + share * dy];
}

/** Whether the origin lies in an area: an odd number of its edges lies east of it. */
function isInside(rings: [number, number][][]): boolean {
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([bx, by], i) => {
      const [ax, ay] = ring[i - 1] ?? [bx, by];
      if (ay > 0 !== by > 0 && (-ay * (bx - ax)) / (by - ay) + ax > 0) inside = !inside;
    });
  }
  return inside;
}
