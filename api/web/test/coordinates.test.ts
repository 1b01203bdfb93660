import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { degrees, sexagesimal, utm } from "../src/coordinates";
import { areaOf, lengthOf, stretches } from "../src/measure";
import { readPlace } from "../src/reading";
import { fromUtm, toUtm, zoneOf, type LonLat } from "../src/utm";

// What PROJ 9 says of the same places.
const KNOWN: [LonLat, number, number, number][] = [
  [[-70.7585, -28.5765], 19, 328013.99629355303, 6837670.381710518],
  [[-71.25, -29.4], 19, 281669.91948943655, 6745591.343978247],
  [[-69.95, -27.97], 19, 406565.3318936085, 6905757.558399666],
  [[-66, -28], 19, 795043.4885774015, 6899169.181850107],
  [[11.5, 48.1], 32, 686121.7558017899, 5330438.130176074],
];

// The same cases hold the reader of the server: tests/sitplan/test_coordinates.py.
interface Cases {
  bounds: [number, number, number, number];
  read: { place: LonLat; texts: string[] }[];
  unread: string[];
}
const CASES = JSON.parse(
  readFileSync(new URL("../../../tests/data/coordinates.json", import.meta.url), "utf8"),
) as Cases;
const PLACE: LonLat = [-70.7585, -28.5765];

describe("UTM", () => {
  it.each(KNOWN)("tells %s to the millimetre, and back", (place, zone, east, north) => {
    const told = toUtm(place, zone);
    expect(told.east).toBeCloseTo(east, 3);
    expect(told.north).toBeCloseTo(north, 3);
    const [lon, lat] = fromUtm(told);
    expect(lon).toBeCloseTo(place[0], 8);
    expect(lat).toBeCloseTo(place[1], 8);
  });

  it("knows the zone of a longitude", () => {
    expect([-180, -70.76, -0.1, 0, 179.9, 180].map(zoneOf)).toEqual([1, 19, 30, 31, 60, 60]);
  });
});

describe("a place in words", () => {
  it("is told in degrees, minutes and metres as people here write them", () => {
    expect(degrees(PLACE, "es")).toBe("28,57650°\u00a0S 70,75850°\u00a0O");
    expect(degrees(PLACE, "en")).toBe("28.57650°\u00a0S 70.75850°\u00a0W");
    expect(sexagesimal(PLACE, "es")).toBe("28°\u00a034′\u00a035,4″\u00a0S 70°\u00a045′\u00a030,6″\u00a0O");
    expect(sexagesimal([-70.99999999, -28.99999999], "es")).toContain("29°\u00a00′\u00a00,0″");
    expect(utm(PLACE, 19, "es")).toBe("19S 328.014\u00a0E 6.837.670\u00a0N");
  });

  it.each(CASES.read.flatMap(({ place, texts }) => texts.map((text) => [text, place] as const)))(
    "reads %s",
    (text, place) => {
      const [lon, lat] = readPlace(text, CASES.bounds) ?? [0, 0];
      expect(Math.abs(lon - place[0])).toBeLessThan(1e-6);
      expect(Math.abs(lat - place[1])).toBeLessThan(1e-6);
    },
  );

  it.each(CASES.unread)("does not guess at %s", (text) => expect(readPlace(text, CASES.bounds)).toBeNull());
});

describe("measuring", () => {
  const line: LonLat[] = [[-70.76, -28.58], [-70.75, -28.58], [-70.75, -28.57]]; // prettier-ignore

  it("follows geodesics, as PROJ does", () => {
    expect(lengthOf(line)).toBeCloseTo(2086.589661828206, 6);
    expect(stretches(line)).toHaveLength(2);
    expect(lengthOf(line.slice(0, 1))).toBe(0);
  });

  it("tells an area whichever way it goes round", () => {
    for (const points of [line, [...line].reverse()]) {
      const { area, around } = areaOf(points);
      expect(area).toBeCloseTo(542120.0074367523, 3);
      expect(around).toBeCloseTo(3564.922138928354, 6);
    }
  });
});
