import { describe, expect, it } from "vitest";
import { lengthOf } from "../src/measure";
import { barOf, frameOf, layoutOf, nearestScale } from "../src/print/paper";
import { PAPERS, parseSheet } from "../src/print/sheet";

const LAT = -28.5765;

describe("a sheet to scale", () => {
  it.each(PAPERS)("shows on %s as many metres as its millimetres say, in both directions", (paper) => {
    const ref = { paper, scale: 5000 };
    const { mm } = layoutOf(ref, LAT);
    const [nw, ne, se, sw] = frameOf(ref, [-70.7585, LAT]);
    if (!nw || !ne || !se || !sw) throw new Error("a frame has four corners");
    const middle = (a: [number, number], b: [number, number]): [number, number] => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const wide = lengthOf([middle(nw, sw), middle(ne, se)]);
    const high = lengthOf([middle(nw, ne), middle(sw, se)]);
    expect(wide / 5).toBeCloseTo(mm[0], 2);
    expect(high / 5).toBeCloseTo(mm[1], 2);
  });

  it("draws nearer by the cosine of the latitude than a map of the equator", () => {
    const ref = { paper: "a4-landscape", scale: 5000 } as const;
    const here = layoutOf(ref, LAT).zoom - layoutOf(ref, 0).zoom;
    expect(2 ** here).toBeCloseTo(Math.cos((LAT * Math.PI) / 180) * 1.000767, 4);
  });

  it("fits the paper", () => {
    const { sheet, mm, px } = layoutOf({ paper: "a4-landscape", scale: 5000 }, LAT);
    expect(sheet).toEqual([297, 210]);
    expect(mm[0]).toBeLessThanOrEqual(217);
    expect(mm[0]).toBeGreaterThan(216);
    expect(mm[1]).toBeLessThanOrEqual(176);
    expect(px.every(Number.isInteger)).toBe(true);
  });

  it("has a bar of a round length", () => {
    expect(barOf(5000, 50)).toEqual({ metres: 200, mm: 40 });
    expect(barOf(2500, 50)).toEqual({ metres: 100, mm: 40 });
    expect(barOf(50_000, 50)).toEqual({ metres: 2000, mm: 40 });
  });

  it("begins near what the screen shows", () => {
    expect(nearestScale(15.66, LAT)).toBe(5000);
    expect(nearestScale(2, LAT)).toBe(250_000);
  });

  it("is named in the address", () => {
    expect(parseSheet("a3-portrait/10000")).toEqual({ paper: "a3-portrait", scale: 10_000, title: "" });
    for (const text of [null, "", "a5/1000", "a4-landscape", "a4-landscape/0", "a4-landscape/x", "a4-landscape/1/2"]) {
      expect(parseSheet(text)).toBeNull();
    }
  });
});
