/** The map of a way as shapes: what is in view, streets by width, a label a street. Pure. */

import { length, part, points, type Package, type Xy } from "./package";

/** A view in metres from the origin, y downwards. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

const SHAPE = 4 / 3;
const LEAST_M = 300;
const MOST_LABELS = 60;

export function frameOf(line: readonly Xy[]): Frame {
  const xs = line.map((p) => p[0]);
  const ys = line.map((p) => -p[1]);
  const [left, right, top, bottom] = line.length
    ? [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
    : [-500, 500, -500, 500];
  const width = Math.max((right - left) * 1.25, (bottom - top) * 1.25 * SHAPE, LEAST_M);
  const height = width / SHAPE;
  return { left: (left + right - width) / 2, top: (top + bottom - height) / 2, width, height };
}

/** How a person looks at the map: its middle in metres from that of the whole, and how much nearer. */
export interface Look {
  x: number;
  y: number;
  zoom: number;
}

export const WHOLE: Look = { x: 0, y: 0, zoom: 1 };
const [FARTHEST, NEAREST] = [1 / 8, 32];

/** What is in view of a whole that is looked at so. */
export function seenBy(whole: Frame, look: Look): Frame {
  const [width, height] = [whole.width / look.zoom, whole.height / look.zoom];
  const [x, y] = [whole.left + whole.width / 2 + look.x, whole.top + whole.height / 2 + look.y];
  return { left: x - width / 2, top: y - height / 2, width, height };
}

/** Moved by parts of the view's own width and height. */
export function moved(whole: Frame, look: Look, across: number, down: number): Look {
  const { width, height } = seenBy(whole, look);
  return { ...look, x: look.x + across * width, y: look.y + down * height };
}

/** Made nearer by a factor; what lies at the parts of width and height given stays where it is. */
export function nearer(whole: Frame, look: Look, factor: number, across = 0.5, down = 0.5): Look {
  const zoom = Math.min(Math.max(look.zoom * factor, FARTHEST), NEAREST);
  const before = seenBy(whole, look);
  const [width, height] = [whole.width / zoom, whole.height / zoom];
  return {
    x: look.x + (across - 0.5) * (before.width - width),
    y: look.y + (down - 0.5) * (before.height - height),
    zoom,
  };
}

/** A frame with its own width and height again on every side, so that a drag finds streets there. */
export function widened({ left, top, width, height }: Frame): Frame {
  return { left: left - width / 2, top: top - height / 2, width: 2 * width, height: 2 * height };
}

export const pathOf = (line: readonly Xy[]): string =>
  line.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${(-y).toFixed(1)}`).join("");

const WIDE: Record<string, number> = { trunk: 8, primary: 8, secondary: 7, tertiary: 6, residential: 5, living_street: 4 };

/** Streets in view, and one name for each that has room for it. */
export function drawStreets(pack: Package, frame: Frame, px = frame.width / 720) {
  const s = pack.streets;
  const lines: { edge: number; d: string; width: number }[] = [];
  const named = new Map<string, { line: Xy[]; metres: number }>();
  s.line.forEach((steps, edge) => {
    const line = points(steps);
    const isSeen = line.some(([x, y]) => x > frame.left && x < frame.left + frame.width && -y > frame.top && -y < frame.top + frame.height);
    if (!isSeen && !crosses(line, frame)) return;
    const kind = s.kinds[s.kind[edge] ?? -1] ?? "";
    lines.push({ edge, d: pathOf(line), width: WIDE[kind.replace("_link", "")] ?? 3 });
    const name = s.names[s.name[edge] ?? -1];
    const metres = length(line);
    if (name && isSeen && metres > (named.get(name)?.metres ?? 0)) named.set(name, { line, metres });
  });
  const labels: { text: string; x: number; y: number; angle: number }[] = [];
  for (const [text, { line, metres }] of [...named].sort((p, q) => q[1].metres - p[1].metres)) {
    if (labels.length >= MOST_LABELS || metres < text.length * 3.6 * px) continue;
    const [x, y] = part(line, 0, 0.5).at(-1) as Xy;
    const [p, q] = [part(line, 0, 0.4).at(-1) as Xy, part(line, 0, 0.6).at(-1) as Xy];
    let angle = (Math.atan2(-(q[1] - p[1]), q[0] - p[0]) * 180) / Math.PI;
    if (angle > 90) angle -= 180;
    if (angle < -90) angle += 180;
    const label = { text, x, y: -y, angle };
    const half = text.length * 3.6 * px;
    const isIn = x - half > frame.left && x + half < frame.left + frame.width && -y > frame.top + 12 * px && -y < frame.top + frame.height - 30 * px;
    const isFree = labels.every((other) => {
      const reach = Math.max(18 * px, (half + other.text.length * 3.6 * px) * 0.75);
      return Math.hypot(other.x - label.x, other.y - label.y) > reach;
    });
    if (isIn && isFree) labels.push(label);
  }
  return { lines, labels };
}

function crosses(line: readonly Xy[], frame: Frame): boolean {
  return line.some((p, i) => {
    const q = line[i + 1];
    if (!q) return false;
    const [x, y] = [(p[0] + q[0]) / 2, -(p[1] + q[1]) / 2];
    return x > frame.left && x < frame.left + frame.width && y > frame.top && y < frame.top + frame.height;
  });
}
