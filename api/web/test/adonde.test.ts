/** Trees, sentences and codes of «¿Adónde voy?», on a town small enough to be walked by hand. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import jsqr from "jsqr";
import { describe, expect, test } from "vitest";
import { part, points, type Package } from "../src/adonde/package";
import { qrPath } from "../src/adonde/qr";
import { cornersOf, metresInside, pieces } from "../src/adonde/tell";
import { depthAt, netOf, trip } from "../src/adonde/walk";
import { WORDS } from "../src/adonde/words";

/*
 * Uno runs 400 m east from node 0 to node 1; Dos 300 m north from 1 to node 2, where the meeting point is.
 * Danger lies over the first 200 m of Uno, which is cut there at node 3: the edges are Dos (0), the west part
 * of Uno (1) and its east part (2).
 */
const TOWN = {
  version: 1,
  made: "2026-11-01",
  origin: [0, 0],
  relief: null,
  profiles: { adult: { speed_ms: 1.2, stairs: true }, child: { speed_ms: 1, stairs: true }, older: { speed_ms: 0.9, stairs: true }, reduced_mobility: { speed_ms: 0.6, stairs: false } },
  streets: {
    nodes: 3, a: [0, 1], b: [1, 2], cm: [40000, 30000], line: [[0, 0, 4000, 0], [4000, 0, 0, 3000]],
    name: [0, 1], names: ["Uno", "Dos"], kind: [0, 0], kinds: ["residential"], barred: [0, 8], bridge: [], stairs: [1],
  },
  exits: [{ id: "x", code: "P", kind: "meeting_points", name: "Cancha", hazards: ["flood"], at: [4000, 3000] }],
  hazards: [
    {
      code: "flood",
      zones: [{ name: "Vega", depth: 1, arrival_min: null, rings: [[-500, -500, 2500, 0, 0, 1000, -2500, 0, 0, -1000]] }],
      cuts: [[0, 20000, 20000]], depth: "010", uncrossed: [], rivers: [],
      ways: {
        adult: { 0: { tree: 0 }, 1: { tree: 0 } }, child: { 0: { tree: 0 }, 1: { tree: 0 } },
        older: { 0: { tree: 0 }, 1: { tree: 0 } }, reduced_mobility: { 0: { tree: 1 }, 1: { tree: 1 } },
      },
    },
  ],
  trees: [
    { hop: "0!!1", last: [1, 0, 2, 0], targets: [[0, 1, 0, 0]] },
    { hop: "----", last: [], targets: [[-1, 0, 0, 0]] },
  ],
  water: [],
  landmarks: [[4100, 0, "Escuela"]],
  territory: { es: "Aquí", en: "Here" },
  titles: { hazard: {}, level: {}, class: { residential: { es: "Calle", en: "Street" } }, accessible: {} },
  sources: [],
} as unknown as Package;

const hazard = TOWN.hazards[0];
if (!hazard) throw new Error("no hazard");
const net = netOf(TOWN, hazard);

test("streets are cut where the danger begins", () => {
  expect(net.metres).toEqual([300, 200, 200]);
  expect([net.a, net.b]).toEqual([[1, 0, 3], [2, 3, 1]]);
  expect(net.around).toEqual([[1], [0, 2], [0], [1, 2]]);
  expect(depthAt(net, [100, 0])).toBe(1);
  expect(depthAt(net, [300, 0])).toBe(0);
});

describe("from a place 10 m beside Uno, 100 m along it", () => {
  const way = trip(net, [100, 10], "adult");

  test("metres and seconds are those of the hand", () => {
    expect(way?.metres).toBeCloseTo(10 + 100 + 200 + 300, 6);
    expect(way?.seconds).toBeCloseTo(610 / 1.2, 6);
    expect(trip(net, [100, 10], "older")?.seconds).toBeCloseTo(610 / 0.9, 6);
    expect(way && metresInside(net, way)).toBeCloseTo(100, 6);
    expect(way?.line.at(0)).toEqual([100, 10]);
    expect(way?.line.at(-1)).toEqual([400, 300]);
  });

  test("sentences say streets, turns and what stands there", () => {
    if (!way) throw new Error("no way");
    const told = pieces(net, way, "es");
    expect(told.map((one) => [one.turn, one.street, Math.round(one.metres), one.landmark])).toEqual([
      ["start", "Uno", 300, null],
      ["left", "Dos", 300, "Escuela"],
    ]);
    const es = told.map((one) => WORDS.es.step(one.turn, one.street, `${one.metres} m`, WORDS.es.compass[one.heading / 45] ?? "", one.landmark));
    expect(es).toEqual(["Sal hacia el oriente por Uno: 300 m.", "Junto a Escuela, dobla a la izquierda en Dos: 300 m."]);
    const en = told.map((one) => WORDS.en.step(one.turn, one.street, `${one.metres} m`, WORDS.en.compass[one.heading / 45] ?? "", one.landmark));
    expect(en).toEqual(["Set out east along Uno: 300 m.", "Beside Escuela, turn left into Dos: 300 m."]);
  });

  test("where the tree reaches nothing there is no way", () => {
    expect(trip(net, [100, 10], "reduced_mobility")).toBeNull();
  });
});

test("on the target's own street the way is straight to it", () => {
  const way = trip(net, [400, 250], "adult");
  expect(way?.metres).toBeCloseTo(50, 6);
});

test("streets meet at corners", () => {
  expect(cornersOf(TOWN, 0)).toEqual({ middle: [200, 0], corners: [{ name: "Dos", at: [400, 0] }] });
});

test("part of a line, in both senses", () => {
  const line = points([0, 0, 1000, 0, 0, 1000]);
  expect(part(line, 0.25, 0.75)).toEqual([[50, 0], [100, 0], [100, 50]]);
  expect(part(line, 0.75, 0.25)).toEqual([[100, 50], [100, 0], [50, 0]]);
});

/** What a camera reads of dark modules on a square of `size`. */
function seen(size: number, dark: Iterable<readonly [number, number]>): string | undefined {
  const scale = 4;
  const pixels = new Uint8ClampedArray((size * scale) ** 2 * 4).fill(255);
  for (const [x, y] of dark)
    for (let i = 0; i < scale; i++)
      for (let j = 0; j < scale; j++) {
        const at = ((y * scale + j) * size * scale + x * scale + i) * 4;
        pixels.fill(0, at, at + 3);
      }
  return jsqr(pixels, size * scale, size * scale)?.data;
}

test("a camera reads the code", () => {
  const address = "https://mapa.ejemplo.cl/adonde-voy?hazard=debris_flow&at=-28.57650/-70.75850&profile=reduced_mobility&lang=en";
  const { size, path } = qrPath(address);
  expect(seen(size, [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const))).toBe(address);
});

// tests/web/test_way_out.py reads the modules back from the paper.
const printed = process.env["CODE_FOLDER"];
test.skipIf(!printed)("the printed code leads to the address", () => {
  const code = JSON.parse(readFileSync(join(printed ?? "", "code.json"), "utf8")) as { address: string; size: number; dark: [number, number][] };
  expect(seen(code.size, code.dark)).toBe(code.address);
});

test("both languages say everything", () => {
  expect(Object.keys(WORDS.en)).toEqual(Object.keys(WORDS.es));
});
