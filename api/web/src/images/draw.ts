/** The map's images, drawn on small canvases: the legend and the map draw with the same hand. */

import type { Inks } from "./inks";
import { shapeOf } from "./shapes";
import type { Ask } from "./names";

/** Device pixels a CSS pixel: sharp on phones, one size everywhere. */
export const RATIO = 2;

type Brush = CanvasRenderingContext2D;

/** Sides of the images, CSS pixels. */
const SIDE = { arrow: 18, pictogram: 26, pin: 28, icon: 22 };

/** The image of `ask`; as large but empty while the shape of its icon has not come. */
export function draw(ask: Ask, inks: Inks): ImageData {
  // Lines at 45° meet across tiles when the side of the tile is their step along an edge.
  const side = ask.family === "hatch" ? Math.round(ask.step * Math.SQRT2) : SIDE[ask.family];
  return paint(side, (brush) => {
    if (ask.family === "hatch") hatch(brush, side, ask, inks);
    else if (ask.family === "arrow") arrow(brush, ask.ink, inks);
    else {
      const shape = shapeOf(ask.icon);
      if (!shape) return;
      if (ask.family === "pictogram") pictogram(brush, shape, inks);
      else if (ask.family === "pin") pin(brush, ask, shape, inks);
      else icon(brush, shape, ask.ink, inks);
    }
  });
}

function paint(side: number, stroke: (brush: Brush) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * RATIO;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (!brush) throw new Error("no 2d canvas");
  brush.scale(RATIO, RATIO);
  stroke(brush);
  return brush.getImageData(0, 0, canvas.width, canvas.height);
}

function colour(inks: Inks, name: string): string {
  return inks[name] ?? inks["accent"] ?? "#000000";
}

function hatch(brush: Brush, side: number, ask: Ask & { family: "hatch" }, inks: Inks): void {
  brush.globalAlpha = ask.tint;
  brush.fillStyle = brush.strokeStyle = colour(inks, ask.ink);
  brush.fillRect(0, 0, side, side);
  brush.globalAlpha = 0.8;
  brush.lineWidth = 1.2;
  brush.beginPath();
  for (const shift of [-side, 0, side]) {
    brush.moveTo(shift - 2, side + 2);
    brush.lineTo(shift + side + 2, -2);
  }
  brush.stroke();
}

function arrow(brush: Brush, ink: string, inks: Inks): void {
  const shape = new Path2D("M5 3.5 L12.5 9 L5 14.5");
  brush.lineCap = brush.lineJoin = "round";
  brush.lineWidth = 6.5;
  brush.strokeStyle = colour(inks, ink);
  brush.stroke(shape);
  brush.lineWidth = 3;
  brush.strokeStyle = colour(inks, `${ink}_ground`);
  brush.stroke(shape);
}

function rounded(x: number, side: number, radius: number): Path2D {
  const path = new Path2D();
  path.roundRect(x, x, side, side, radius);
  return path;
}

function pictogram(brush: Brush, shape: Path2D, inks: Inks): void {
  brush.fillStyle = colour(inks, "evacuation_ground");
  brush.fill(rounded(0, 26, 6));
  brush.fillStyle = colour(inks, "evacuation");
  brush.fill(rounded(1.5, 23, 5));
  brush.fillStyle = colour(inks, "evacuation_ground");
  centred(brush, shape, 26, 1.2);
}

function pin(brush: Brush, ask: Ask & { family: "pin" }, shape: Path2D, inks: Inks): void {
  const ink = colour(inks, "initiative");
  const ground = colour(inks, "initiative_ground");
  const disc = (radius: number) => {
    brush.beginPath();
    brush.arc(14, 14, radius, 0, 2 * Math.PI);
  };
  const done = ask.progress >= 1;
  disc(13.5);
  brush.fillStyle = ground;
  brush.fill();
  if (done) {
    disc(12);
    brush.fillStyle = ink;
    brush.fill();
  } else {
    brush.strokeStyle = ink;
    brush.lineWidth = 1.5;
    if (ask.dashed) brush.setLineDash([2.6, 2.31]); // 15 dashes a turn
    disc(11.75);
    brush.stroke();
    brush.setLineDash([]);
    if (ask.progress > 0) {
      const top = -Math.PI / 2;
      brush.lineWidth = 3.5;
      brush.beginPath();
      brush.arc(14, 14, 10.75, top, top + 2 * Math.PI * ask.progress);
      brush.stroke();
    }
  }
  brush.fillStyle = done ? ground : ink;
  centred(brush, shape, 28, 0.86);
}

function icon(brush: Brush, shape: Path2D, ink: string, inks: Inks): void {
  brush.fillStyle = colour(inks, `${ink}_ground`);
  brush.beginPath();
  brush.arc(11, 11, 11, 0, 2 * Math.PI);
  brush.fill();
  brush.fillStyle = colour(inks, ink);
  brush.beginPath();
  brush.arc(11, 11, 9.75, 0, 2 * Math.PI);
  brush.fill();
  brush.fillStyle = colour(inks, `${ink}_ground`);
  centred(brush, shape, 22, 0.84);
}

/** A 15 × 15 shape, scaled, in the middle of a square. */
function centred(brush: Brush, shape: Path2D, side: number, scale: number): void {
  brush.save();
  brush.translate(side / 2, side / 2);
  brush.scale(scale, scale);
  brush.translate(-7.5, -7.5);
  brush.fill(shape, "evenodd");
  brush.restore();
}
