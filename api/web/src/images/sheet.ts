/** All images of the map on one sheet, for maps that are not ours: what `make sprites` draws. */

import { draw, RATIO } from "./draw";
import type { Inks } from "./inks";
import { pins, understand } from "./names";
import { fetchRest, shapeOf } from "./shapes";

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
  pixelRatio: number;
}

export interface Sheet {
  /** PNG as a data address. */
  png: string;
  index: Record<string, Place>;
}

const WIDTH = 640; // CSS pixels

/** The sheets of `names` and of all pins, at one and at two device pixels a CSS pixel. */
export async function sheets(names: string[], inks: Inks): Promise<Sheet[]> {
  await fetchRest();
  const images = [...new Set([...names, ...pins()])].sort().map((name) => {
    const ask = understand(name);
    if (!ask || ("icon" in ask && !shapeOf(ask.icon))) throw new Error(`nobody draws ${name}`);
    return { name, data: draw(ask, inks) };
  });
  images.sort((a, b) => b.data.height - a.data.height);
  return [1, RATIO].map((ratio) => {
    const places: Record<string, Place> = {};
    let [x, y, row] = [0, 0, 0];
    for (const { name, data } of images) {
      const [width, height] = [data.width / RATIO, data.height / RATIO];
      if (x + width > WIDTH) [x, y, row] = [0, y + row + 1, 0];
      places[name] = { x: x * ratio, y: y * ratio, width: width * ratio, height: height * ratio, pixelRatio: ratio };
      [x, row] = [x + width + 1, Math.max(row, height)];
    }
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH * ratio, (y + row) * ratio];
    const brush = canvas.getContext("2d");
    if (!brush) throw new Error("no 2d canvas");
    brush.imageSmoothingQuality = "high";
    for (const { name, data } of images) {
      const place = places[name];
      if (!place) continue;
      const one = document.createElement("canvas");
      [one.width, one.height] = [data.width, data.height];
      one.getContext("2d")?.putImageData(data, 0, 0);
      brush.drawImage(one, place.x, place.y, place.width, place.height);
    }
    const index = Object.fromEntries(Object.entries(places).sort(([a], [b]) => (a < b ? -1 : 1)));
    return { png: canvas.toDataURL("image/png"), index };
  });
}
