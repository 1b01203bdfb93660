/** The map's images, drawn on small canvases: the legend and the map draw with the same hand. */

import { colour, type Inks } from "./inks";
import type { Ask } from "./names";
import { shapeOf } from "./shapes";
import { SIGNS } from "./signs";

/** Device pixels a CSS pixel: sharp on phones, one size everywhere. */
export const RATIO = 2;

type Brush = CanvasRenderingContext2D;
type Of<Family> = Ask & { family: Family };

/** The image of `ask`; as large but empty while the shape of its icon has not come. */
export function draw(ask: Ask, inks: Inks): ImageData {
  switch (ask.family) {
    case "hatch":
      return hatch(ask, inks);
    case "arrow":
      return paint(14, 14, (brush) => arrow(brush, ask.ink, inks));
    case "critical":
      return paint(22, 22, (brush) => critical(brush, ask.cause, inks));
    case "pictogram":
      return shaped(24, 24, ask.icon, (brush, shape) => pictogram(brush, shape, ask.ink, inks));
    case "pin":
      return shaped(28, 34, ask.icon, (brush, shape) => pin(brush, ask, shape, inks));
    case "icon":
      return shaped(21, 21, ask.icon, (brush, shape) => icon(brush, shape, inks));
  }
}

let easel: Brush | null = null;

/** On one canvas for all: to make one costs a slow phone more than to draw on it. */
function paint(width: number, height: number, stroke: (brush: Brush) => void): ImageData {
  easel ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const brush = easel;
  if (!brush) throw new Error("no 2d canvas");
  const { canvas } = brush;
  canvas.width = width * RATIO; // which wipes it and forgets its settings
  canvas.height = height * RATIO;
  brush.scale(RATIO, RATIO);
  brush.lineCap = brush.lineJoin = "round";
  stroke(brush);
  return brush.getImageData(0, 0, canvas.width, canvas.height);
}

function shaped(
  width: number,
  height: number,
  icon: string,
  stroke: (brush: Brush, shape: Path2D) => void,
): ImageData {
  const shape = shapeOf(icon);
  return paint(width, height, (brush) => (shape ? stroke(brush, shape) : undefined));
}

/** Lines at 45° meet across tiles when the tile's side is their step along an edge. */
function hatch({ pattern, ink, step }: Of<"hatch">, inks: Inks): ImageData {
  const side = pattern === "dots" ? step : Math.round(step * Math.SQRT2);
  return paint(side, side, (brush) => {
    brush.fillStyle = brush.strokeStyle = colour(inks, ink);
    if (pattern === "dots") {
      brush.arc(side / 2, side / 2, 1, 0, 2 * Math.PI);
      brush.fill();
      return;
    }
    if (pattern === "back") brush.setTransform(-RATIO, 0, 0, RATIO, side * RATIO, 0);
    brush.lineWidth = 1.2;
    brush.beginPath();
    for (const shift of [-side, 0, side]) {
      brush.moveTo(shift - 2, side + 2);
      brush.lineTo(shift + side + 2, -2);
    }
    brush.stroke();
  });
}

function arrow(brush: Brush, ink: string, inks: Inks): void {
  const head = new Path2D("M3.5 2.5 11.5 7 3.5 11.5 5.5 7Z");
  brush.strokeStyle = colour(inks, ink);
  brush.lineWidth = 3;
  brush.stroke(head);
  brush.fillStyle = colour(inks, `${ink}_ground`);
  brush.fill(head);
}

function square(from: number, side: number, radius: number): Path2D {
  const path = new Path2D();
  path.roundRect(from, from, side, side, radius);
  return path;
}

function pictogram(brush: Brush, shape: Path2D, ink: string, inks: Inks): void {
  brush.fillStyle = colour(inks, `${ink}_ground`);
  brush.fill(square(0, 24, 5));
  brush.fillStyle = colour(inks, ink);
  brush.fill(square(1.25, 21.5, 4));
  brush.fillStyle = colour(inks, `${ink}_ground`);
  centred(brush, shape, 12, 12, 1.3);
}

function critical(brush: Brush, cause: string, inks: Inks): void {
  const triangle = new Path2D("M11 3 20 18.5H2Z");
  brush.strokeStyle = colour(inks, "gap");
  brush.lineWidth = 4;
  brush.stroke(triangle);
  brush.fillStyle = brush.strokeStyle = colour(inks, "hazard");
  brush.lineWidth = 1.6;
  brush.stroke(triangle);
  brush.fill(triangle);
  brush.fillStyle = brush.strokeStyle = colour(inks, "gap");
  brush.lineWidth = 1.4;
  const sign = SIGNS[cause] ?? SIGNS["otro"];
  if (sign?.lines) brush.stroke(new Path2D(sign.lines));
  if (sign?.solid) brush.fill(new Path2D(sign.solid));
}

/** A drop, its point at the bottom; the ring inside tells the stage, the edge whether it is proposed. */
function pin(brush: Brush, ask: Of<"pin">, shape: Path2D, inks: Inks): void {
  const ink = colour(inks, "initiative");
  const ground = colour(inks, "initiative_ground");
  const drop = new Path2D("M14 33 6.2 22.6A12 12 0 1 1 21.8 22.6Z");
  const isDone = ask.ring >= 1;
  brush.fillStyle = brush.strokeStyle = ground;
  brush.lineWidth = 3.5;
  brush.stroke(drop);
  brush.fill(drop);
  brush.fillStyle = brush.strokeStyle = ink;
  if (isDone) brush.fill(drop);
  brush.lineWidth = 1.6;
  brush.lineCap = "butt";
  if (ask.dashed) brush.setLineDash([3.2, 2.4]);
  if (ask.dashed && isDone) brush.strokeStyle = ground;
  brush.stroke(drop);
  brush.setLineDash([]);
  if (ask.ring > 0 && !isDone) {
    const top = -Math.PI / 2;
    brush.lineWidth = 2.6;
    brush.beginPath();
    brush.arc(14, 13.5, 9.4, top, top + 2 * Math.PI * ask.ring);
    brush.stroke();
  }
  brush.fillStyle = isDone ? ground : ink;
  centred(brush, shape, 14, 13.5, ask.ring > 0 && !isDone ? 0.8 : 0.95);
}

function icon(brush: Brush, shape: Path2D, inks: Inks): void {
  brush.fillStyle = colour(inks, "facility_ground");
  brush.strokeStyle = colour(inks, "facility");
  brush.lineWidth = 0.75;
  brush.arc(10.5, 10.5, 10, 0, 2 * Math.PI);
  brush.fill();
  brush.globalAlpha = 0.55;
  brush.stroke();
  brush.globalAlpha = 1;
  brush.fillStyle = colour(inks, "facility");
  centred(brush, shape, 10.5, 10.5, 0.87);
}

/** A 15 × 15 shape, scaled, around a point. */
function centred(brush: Brush, shape: Path2D, x: number, y: number, scale: number): void {
  brush.save();
  brush.translate(x, y);
  brush.scale(scale, scale);
  brush.translate(-7.5, -7.5);
  brush.fill(shape);
  brush.restore();
}
