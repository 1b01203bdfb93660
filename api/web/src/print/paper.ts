/** Paper and scale: how large the map is on a sheet, and at which zoom it is true there. Pure. */

import type { LonLat } from "../utm";
import type { Paper, SheetRef } from "./sheet";

export const SCALES = [500, 1000, 2000, 2500, 5000, 10_000, 20_000, 25_000, 50_000, 100_000, 250_000] as const;

const SIZES: Record<Paper, [width: number, height: number]> = {
  "a4-landscape": [297, 210],
  "a4-portrait": [210, 297],
  "a3-landscape": [420, 297],
  "a3-portrait": [297, 420],
};
const MARGIN_MM = 10;
const TITLE_MM = 14;
/** What stands beside the map, or under it on an upright sheet. */
const BESIDE_MM = 60;
const UNDER_MM = 66;
/** CSS: an inch is 96 px and 25.4 mm. */
const PX_MM = 25.4 / 96;
const TILE_PX = 512;
// WGS 84
const A = 6_378_137;
const F = 1 / 298.257223563;
const E2 = F * (2 - F);

export interface Layout {
  /** Millimetres of the sheet. */
  sheet: [number, number];
  /** CSS pixels that the map is drawn in, and millimetres that it takes on the sheet. */
  px: [number, number];
  mm: [number, number];
  zoom: number;
  isWide: boolean;
}

/** Radii of curvature of the ellipsoid at a latitude, metres: along the parallel and along the meridian. */
function radii(lat: number): [n: number, m: number] {
  const w = 1 - E2 * Math.sin((lat * Math.PI) / 180) ** 2;
  return [A / Math.sqrt(w), (A * (1 - E2)) / w ** 1.5];
}

/**
 * The map of a sheet, true to scale at its centre in both directions.
 *
 * Web Mercator is drawn too large by 1/cos(latitude), and being spherical not alike in both
 * directions: by 0.5 % at 28°, half a millimetre in ten centimetres. The zoom makes lengths from
 * west to east right, and those from south to north are squeezed on the paper by the rest.
 */
export function layoutOf({ paper, scale }: Omit<SheetRef, "title">, lat: number): Layout {
  const sheet = SIZES[paper];
  const isWide = sheet[0] > sheet[1];
  const wanted = [
    sheet[0] - 2 * MARGIN_MM - (isWide ? BESIDE_MM : 0),
    sheet[1] - 2 * MARGIN_MM - TITLE_MM - (isWide ? 0 : UNDER_MM),
  ] as const;
  const [n, m] = radii(lat);
  const squeeze = m / n;
  const px: [number, number] = [Math.floor(wanted[0] / PX_MM), Math.floor(wanted[1] / PX_MM / squeeze)];
  const metresPerPx = (scale * PX_MM) / 1000;
  const zoom = Math.log2((2 * Math.PI * n * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * metresPerPx));
  return { sheet, px, mm: [px[0] * PX_MM, px[1] * PX_MM * squeeze], zoom, isWide };
}

/** The corners of what a sheet shows around a centre. */
export function frameOf(ref: Omit<SheetRef, "title">, [lon, lat]: LonLat): LonLat[] {
  const { mm } = layoutOf(ref, lat);
  const [n, m] = radii(lat);
  const half = mm.map((size) => (size * ref.scale) / 2000);
  const dx = ((half[0] ?? 0) / (n * Math.cos((lat * Math.PI) / 180))) * (180 / Math.PI);
  const dy = ((half[1] ?? 0) / m) * (180 / Math.PI);
  return [[lon - dx, lat + dy], [lon + dx, lat + dy], [lon + dx, lat - dy], [lon - dx, lat - dy]]; // prettier-ignore
}

/** The longest of 1, 2, 5 × 10ⁿ metres that a bar of at most `mostMm` holds at a scale. */
export function barOf(scale: number, mostMm: number): { metres: number; mm: number } {
  const most = (scale * mostMm) / 1000;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= most) ?? power;
  return { metres, mm: (metres * 1000) / scale };
}

/** The scale of the list nearest to what a screen shows. */
export function nearestScale(zoom: number, lat: number): number {
  const metresPerPx = (2 * Math.PI * A * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);
  const seen = (metresPerPx * 1000) / PX_MM;
  const away = (scale: number) => Math.abs(Math.log(scale / seen));
  return SCALES.reduce<number>((best, scale) => (away(scale) < away(best) ? scale : best), SCALES[0]);
}
