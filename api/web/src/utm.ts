/**
 * Degrees to UTM and back on WGS 84 (which SIRGAS-Chile equals within centimetres): Krüger's series
 * to the third power of the flattening, right to under a millimetre within 3 000 km of the meridian.
 * Karney (2011), Transverse Mercator with an accuracy of a few nanometers, equations 35 and 36. Pure.
 */

export interface Utm {
  zone: number;
  isSouth: boolean;
  east: number;
  north: number;
}

export type LonLat = [number, number];

const A = 6_378_137;
const F = 1 / 298.257223563;
const N = F / (2 - F);
const SCALE = 0.9996;
const FALSE_EAST = 500_000;
const FALSE_NORTH = 10_000_000;
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ECC = (2 * Math.sqrt(N)) / (1 + N);
const ALPHA = [N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3, (13 / 48) * N ** 2 - (3 / 5) * N ** 3, (61 / 240) * N ** 3];
const BETA = [N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3, N ** 2 / 48 + N ** 3 / 15, (17 / 480) * N ** 3];
const DELTA = [2 * N - (2 / 3) * N ** 2 - 2 * N ** 3, (7 / 3) * N ** 2 - (8 / 5) * N ** 3, (56 / 15) * N ** 3];
const RAD = Math.PI / 180;

/** The zone that a longitude lies in, 1 to 60. */
export function zoneOf(lon: number): number {
  return Math.min(Math.floor((lon + 180) / 6) + 1, 60);
}

const meridian = (zone: number) => (zone * 6 - 183) * RAD;

/** East and north in metres; in the zone given, so that a whole territory is told in one. */
export function toUtm([lon, lat]: LonLat, zone = zoneOf(lon)): Utm {
  const sin = Math.sin(lat * RAD);
  const t = Math.sinh(Math.atanh(sin) - ECC * Math.atanh(ECC * sin));
  const off = lon * RAD - meridian(zone);
  const xi = Math.atan2(t, Math.cos(off));
  const eta = Math.atanh(Math.sin(off) / Math.hypot(1, t));
  let [x, y] = [eta, xi];
  ALPHA.forEach((a, i) => {
    const j = 2 * (i + 1);
    x += a * Math.cos(j * xi) * Math.sinh(j * eta);
    y += a * Math.sin(j * xi) * Math.cosh(j * eta);
  });
  const isSouth = lat < 0;
  return {
    zone,
    isSouth,
    east: FALSE_EAST + SCALE * RADIUS * x,
    north: (isSouth ? FALSE_NORTH : 0) + SCALE * RADIUS * y,
  };
}

/** Longitude and latitude in degrees. */
export function fromUtm({ zone, isSouth, east, north }: Utm): LonLat {
  const xi = (north - (isSouth ? FALSE_NORTH : 0)) / (SCALE * RADIUS);
  const eta = (east - FALSE_EAST) / (SCALE * RADIUS);
  let [x, y] = [eta, xi];
  BETA.forEach((b, i) => {
    const j = 2 * (i + 1);
    x -= b * Math.cos(j * xi) * Math.sinh(j * eta);
    y -= b * Math.sin(j * xi) * Math.cosh(j * eta);
  });
  const chi = Math.asin(Math.sin(y) / Math.cosh(x));
  let lat = chi;
  DELTA.forEach((d, i) => (lat += d * Math.sin(2 * (i + 1) * chi)));
  const lon = meridian(zone) + Math.atan2(Math.sinh(x), Math.cos(y));
  return [lon / RAD, lat / RAD];
}
