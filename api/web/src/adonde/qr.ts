/** An address as the modules of a QR code. Pure. */

import { encode } from "uqr";

/** Light modules around the code (ISO/IEC 18004, 5.3.8). */
const QUIET = 4;

/** The dark modules as one path, on a square of `size` units. */
export function qrPath(address: string): { size: number; path: string } {
  const { data, size } = encode(address, { ecc: "M", border: QUIET });
  const parts: string[] = [];
  data.forEach((row, y) => row.forEach((dark, x) => dark && parts.push(`M${x} ${y}h1v1h-1z`)));
  return { size, path: parts.join("") };
}
