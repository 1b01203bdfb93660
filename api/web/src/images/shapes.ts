/** Shapes of icons, 15 × 15: Maki's (CC0) and a few of our own. */

import common from "virtual:maki/common";

/** Drawn by us after their meaning: people who gather, a bulb. */
const OWN: Record<string, string> = {
  meeting:
    "M7.5 2.9a1.45 1.45 0 1 0 .01 0ZM3.9 4a1.2 1.2 0 1 0 .01 0ZM11.1 4a1.2 1.2 0 1 0 .01 0Z" +
    "M6.3 6.2h2.4a.7.7 0 0 1 .7.7v2.9h-.7v2.6H6.3V9.8h-.7V6.9a.7.7 0 0 1 .7-.7Z" +
    "M2.9 6.7h1.9v5H3.1V9.6h-.7V7.2a.5.5 0 0 1 .5-.5ZM10.2 6.7h1.9a.5.5 0 0 1 .5.5v2.4h-.7v2.1h-1.7Z" +
    "M.4 1.9 1.9.4 3.1 3.1ZM14.6 1.9 13.1.4l-1.2 2.7ZM.4 13.1l1.5 1.5 1.2-2.7ZM14.6 13.1l-1.5 1.5-1.2-2.7Z",
  bulb: "M7.5 1a4.3 4.3 0 0 0-2.4 7.9c.5.4.7.8.7 1.4v.2h3.4v-.2c0-.6.2-1 .7-1.4A4.3 4.3 0 0 0 7.5 1ZM5.8 11.3h3.4v1.1H5.8ZM6.4 13.1h2.2L8.2 14H6.8Z",
};

let paths: Record<string, string> = { ...common, ...OWN };
let rest: Promise<void> | null = null;
const shapes = new Map<string, Path2D>();

/** The shape of that name, or null when it has not come yet (see `fetchRest`). */
export function shapeOf(name: string): Path2D | null {
  const path = paths[name];
  if (!path) return null;
  const known = shapes.get(name) ?? new Path2D(path);
  shapes.set(name, known);
  return known;
}

/** Brings the shapes that the page does not start with. */
export function fetchRest(): Promise<void> {
  rest ??= import("virtual:maki/rest").then(
    (module) => void (paths = { ...module.default, ...paths }),
    (fault: unknown) => {
      rest = null; // asked again by the next image that needs it
      throw fault;
    },
  );
  return rest;
}
