import { expect, it } from "vitest";
import { scaleOf } from "../src/scale";

it("chooses the longest round length that fits", () => {
  for (const zoom of [7, 10.3, 13.2, 15, 18.9]) {
    const { metres, px } = scaleOf(zoom, -28.57, 112);
    expect([1, 2, 5]).toContain(Number(metres.toExponential()[0]));
    expect(px).toBeLessThanOrEqual(112);
    expect(px).toBeGreaterThan(112 / 2.6);
  }
});

it("takes the latitude into account", () => {
  // At the equator a pixel of zoom 0 is 78,271.5 m; at 60° it is half of that.
  expect(scaleOf(10, 0, 100)).toEqual({ metres: 5000, px: 65 });
  expect(scaleOf(10, 60, 100)).toEqual({ metres: 2000, px: 52 });
});
