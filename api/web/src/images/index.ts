import { draw, RATIO } from "./draw";
import type { Inks } from "./inks";
import { understand, type Ask } from "./names";
import { fetchRest, shapeOf } from "./shapes";

export { RATIO };
export { colour, inksOf, type Inks } from "./inks";

const hasShape = (ask: Ask) => !("icon" in ask) || shapeOf(ask.icon) !== null;

/**
 * The image of a name, or null for a family that nobody draws. When the shape of its icon is not
 * here yet, the image is empty and `late` is called once with the full one, of the same size.
 */
export function image(name: string, inks: Inks, late: (full: ImageData) => void): ImageData | null {
  const ask = understand(name);
  if (!ask) return null;
  if (!hasShape(ask)) {
    void fetchRest().then(
      () => late(draw(hasShape(ask) ? ask : ({ ...ask, icon: "circle" } as Ask), inks)),
      () => undefined, // no connection: the place stays, its icon comes with the next theme or visit
    );
  }
  return draw(ask, inks);
}
