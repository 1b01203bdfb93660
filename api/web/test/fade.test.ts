import type { LayerSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { fadedPaint, scaled } from "../src/fade";

describe("a fainter layer", () => {
  it("scales numbers and the outputs of zoom expressions, not their stops", () => {
    expect(scaled(0.8, 0.5)).toBe(0.4);
    expect(scaled(["interpolate", ["linear"], ["zoom"], 10, 0.2, 15, 1], 0.5)).toEqual(
      ["interpolate", ["linear"], ["zoom"], 10, 0.1, 15, 0.5], // prettier-ignore
    );
    expect(scaled(["step", ["zoom"], 0, 13, 0.6, 16, ["get", "x"]], 0.5)).toEqual(
      ["step", ["zoom"], 0, 13, 0.3, 16, ["*", 0.5, ["get", "x"]]], // prettier-ignore
    );
  });

  it("multiplies any other expression", () => {
    const value = ["case", ["get", "on"], 1, 0.3];
    expect(scaled(value, 0.25)).toEqual(["*", 0.25, value]);
  });

  it("fades what each kind of layer draws, and gives the style its own back at none", () => {
    const symbol = { id: "a", type: "symbol", source: "s", paint: { "text-opacity": 0.5 } } as LayerSpecification;
    expect(fadedPaint(symbol, 40)).toEqual({ "icon-opacity": 0.6, "text-opacity": 0.3 });
    expect(fadedPaint(symbol, 0)).toEqual({ "icon-opacity": undefined, "text-opacity": 0.5 });
    const line = { id: "b", type: "line", source: "s" } as LayerSpecification;
    expect(fadedPaint(line, 90)).toEqual({ "line-opacity": 0.1 });
  });
});
