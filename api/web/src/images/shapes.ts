/** Shapes of icons, 15 × 15: Maki's (CC0) and a few of our own. */

import common from "virtual:maki/common";

/** Drawn by us after their meaning: people who gather, a roof that protects, a bulb. */
const OWN: Record<string, string> = {
  meeting:
    "M7.5 2.2a1.7 1.7 0 1 0 .01 0ZM3 4.6a1.35 1.35 0 1 0 .01 0ZM12 4.6a1.35 1.35 0 1 0 .01 0Z" +
    "M5.6 6.2h3.8a.6.6 0 0 1 .6.6v3.1h-.9V13H5.9V9.9H5V6.8a.6.6 0 0 1 .6-.6Z" +
    "M1.7 7.8h2.5v4.9H2v-2.2h-.8V8.3a.5.5 0 0 1 .5-.5ZM10.8 7.8h2.5a.5.5 0 0 1 .5.5v2.2H13v2.2h-2.2Z",
  safe: "M7.5 1 14 6.4l-.9 1.1-.9-.7V13H2.8V6.8l-.9.7L1 6.4ZM6.6 11l4-4-1-1-3 3-1.5-1.5-1 1Z",
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
