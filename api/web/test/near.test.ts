import { expect, test } from "vitest";
import { sight } from "../src/near";

const HERE: [number, number] = [-70, -28];
const at = (east: number, north: number): [number, number] => [
  -70 + east / (111_195 * Math.cos((28 * Math.PI) / 180)),
  -28 + north / 111_195,
];

test.each([
  [0, 300, 0], [300, 300, 1], [300, 0, 2], [300, -300, 3], [0, -300, 4], [-300, -300, 5], [-300, 0, 6], [-300, 300, 7],
])("a point %i m east and %i m north lies at wind %i", (east, north, wind) => {
  const seen = sight(HERE, { type: "Point", coordinates: at(east, north) });
  expect(seen?.wind).toBe(wind);
  expect(seen?.metres).toBeCloseTo(Math.hypot(east, north), 3);
});

test("a line is as far as its nearest stretch, not its corners", () => {
  const seen = sight(HERE, { type: "LineString", coordinates: [at(-500, 40), at(500, 40)] });
  expect(seen).toEqual({ metres: expect.closeTo(40, 3), wind: 0 });
});

test("who stands in an area is told so; in its hole, how far it is", () => {
  const square = (half: number) => [at(-half, -half), at(half, -half), at(half, half), at(-half, half), at(-half, -half)];
  expect(sight(HERE, { type: "Polygon", coordinates: [square(100)] })).toEqual({ metres: 0, wind: null });
  expect(sight(HERE, { type: "Polygon", coordinates: [square(100), square(20)] })?.metres).toBeCloseTo(20, 3);
  expect(sight(at(400, 0), { type: "MultiPolygon", coordinates: [[square(100)]] })).toEqual({
    metres: expect.closeTo(300, 0),
    wind: 6,
  });
});

test("of several parts the nearest counts, and nothing is nowhere", () => {
  const points: GeoJSON.Geometry = { type: "MultiPoint", coordinates: [at(0, 900), at(0, -20)] };
  expect(sight(HERE, { type: "GeometryCollection", geometries: [points] })).toEqual({
    metres: expect.closeTo(20, 3),
    wind: 4,
  });
  expect(sight(HERE, null)).toBeNull();
  expect(sight(HERE, { type: "MultiPoint", coordinates: [] })).toBeNull();
});
