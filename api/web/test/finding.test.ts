/**
 * What the phone understands of what is typed, against the map's search: run by tests/web/test_way_out_where.py,
 * which hands in the package and what the server answered to each text.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foldWords, pairs, numbered } from "../src/adonde/addresses";
import { along, cornerAt, crossings, streetsOf } from "../src/adonde/crossings";
import { find } from "../src/adonde/find";
import { toDegrees, type Package, type Xy } from "../src/adonde/package";
import { WORDS } from "../src/adonde/words";

interface Asked {
  text: string;
  understood: string;
  note: string | null;
  results: { kind: string; title: string; layer?: string; point: Xy | null }[];
}

const folder = process.env["SEARCH_FOLDER"];
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder ?? "", name), "utf8"));

test.skipIf(!folder)("the phone understands what the search of the map does", () => {
  const pack = read("package.json") as Package;
  const all = read("searches.json") as Asked[];
  const wrong: string[] = [];
  for (const { text, understood, results } of all) {
    const found = find(pack, text);
    const told = found.coordinates ? "coordinates" : found.crossings.length ? "crossing" : found.note?.kind === "number" ? "number" : found.note ? "crossing" : "name";
    if (told !== understood.replace(/s$/, "").replace("coordinate", "coordinates")) wrong.push(`${text}: ${told}, not ${understood}`);
    const spots = results.filter((one) => one.kind !== "feature");
    const ours = found.coordinates
      ? [{ title: "", place: found.coordinates }]
      : found.crossings.map((one) => ({ title: WORDS.es.cornerOf(one.first, one.second), place: toDegrees(pack, one.at) }));
    spots.forEach(({ kind, title, point }, i) => {
      const mine = ours[i];
      const off = mine && point ? Math.hypot(mine.place[0] - point[0], mine.place[1] - point[1]) : 1;
      if (!mine || (kind === "crossing" && mine.title !== title) || off > 1e-5) wrong.push(`${text}: ${title} ${String(point)}, not ${mine?.title} ${String(mine?.place)}`);
    });
    if (spots.length && spots.length < 50 && ours.length !== spots.length) wrong.push(`${text}: ${ours.length}, not ${spots.length}`);
    // the streets that are offered beside a note
    if (found.note) {
      const streets = results.map(({ title }) => title);
      if (JSON.stringify(streets) !== JSON.stringify(found.streets)) wrong.push(`${text}: ${found.streets.join()}, not ${streets.join()}`);
    }
    // what the search names first is offered, where the package holds its layer
    const [first] = results;
    const held = [...Object.keys(pack.titles.place ?? {}), "roads"];
    if (understood === "name" && first?.layer && held.includes(first.layer)) {
      const offered = [...found.streets, ...found.places.map(({ name }) => name)];
      if (!offered.includes(first.title)) wrong.push(`${text}: ${first.title} is not among ${offered.join()}`);
    }
  }
  expect(wrong).toEqual([]);
});

const FLAT = { middle: [0, 0], half: [1, 1], terms: [[], []] };
/** Uno runs east over Dos and Tres; Dos has two carriageways, 12 m apart; Cuatro is alone. */
const TOWN = {
  origin: [0, 0],
  degrees: { to_metres: FLAT, to_degrees: FLAT },
  bounds: [-71.25, -29.4, -69.95, -27.97],
  streets: {
    a: [0, 1, 2, 1, 2, 3, 7], b: [1, 2, 3, 4, 5, 6, 8],
    line: [[0, 0, 1000, 0], [1000, 0, 120, 0], [1120, 0, 880, 0], [1000, 0, 0, 900], [1120, 0, 0, 900], [2000, 0, 0, 900], [9000, 0, 0, 900]],
    name: [0, 0, 0, 1, 1, 2, 3], names: ["Arturo Uno", "Avenida Dos", "Pasaje Tres", "Cuatro"], barred: [0, 0, 0, 0, 0, 0, 0],
  },
  places: [[500, 300, "Plaza Ñuñoa", "green_areas"], [700, 300, "Escuela Uno", "facilities"]],
  titles: { place: { green_areas: { es: "Áreas verdes", en: "Green areas" }, facilities: { es: "Equipamiento", en: "Facilities" } } },
} as unknown as Package;

test("crossings, by hand", () => {
  const streets = streetsOf(TOWN);
  expect(crossings(streets, { first: "uno", second: "av. dos" })).toEqual([{ first: "Arturo Uno", second: "Avenida Dos", at: [100, 0] }]);
  expect(along(streets, "Arturo Uno").map((one) => one.second)).toEqual(["Avenida Dos", "Pasaje Tres"]);
  expect(crossings(streets, { first: "uno", second: "cuatro" })).toEqual([]);
  expect(cornerAt(streets, [195, 4])).toMatchObject({ first: "Arturo Uno", second: "Pasaje Tres" });
  expect(cornerAt(streets, [150, 40])).toBeNull();
});

test("what is typed is a corner, a number, a place or coordinates", () => {
  expect(find(TOWN, "  uno   esquina  dos ").crossings).toHaveLength(1);
  expect(find(TOWN, "Artuto Uno con Tres").crossings[0]?.at).toEqual([200, 0]);
  expect(find(TOWN, "uno con")).toMatchObject({ crossings: [{ second: "Avenida Dos" }, { second: "Pasaje Tres" }] });
  expect(find(TOWN, "uno con cuatro")).toMatchObject({ crossings: [], streets: ["Arturo Uno", "Cuatro"], note: { kind: "noCrossing" } });
  expect(find(TOWN, "uno con cinco").note).toEqual({ kind: "noStreet", street: "cinco" });
  expect(find(TOWN, "cuatro con").note).toEqual({ kind: "crossesNone", street: "Cuatro" });
  expect(find(TOWN, "Uno 1234")).toMatchObject({ streets: ["Arturo Uno"], note: { kind: "number", number: "1234", several: false } });
  expect(find(TOWN, "nunoa").places.map(({ name, at }) => [name, at])).toEqual([["Plaza Ñuñoa", [50, 30]]]);
  expect(find(TOWN, "uno")).toMatchObject({ streets: ["Arturo Uno"], places: [{ name: "Escuela Uno" }] });
  for (const text of ["plasa", "plaza nunoa", "PLASA ÑUÑOA"]) expect(find(TOWN, text).places.map(({ name }) => name), text).toEqual(["Plaza Ñuñoa"]);
  for (const text of ["áreas verdes", "area verde"]) expect(find(TOWN, text).places.map(({ name }) => name), text).toEqual(["Plaza Ñuñoa"]);
  expect(find(TOWN, "eskuela").places.map(({ name }) => name)).toEqual(["Escuela Uno"]);
  expect(find(TOWN, "28° 34' 33'' S 70° 45' O").coordinates?.[1]).toBeCloseTo(-28.57583, 5);
  expect(find(TOWN, "19J 327000 6838000").coordinates?.[0]).toBeCloseTo(-70.76881, 5);
  for (const text of ["", "  ", "xyzzy", "12"]) expect(find(TOWN, text)).toMatchObject({ streets: [], places: [], crossings: [], coordinates: null });
  const before = { ...TOWN, places: undefined, bounds: undefined } as unknown as Package;
  expect(find(before, "nunoa").places, "a package that was kept before").toEqual([]);
});

test("addresses are read as the server reads them", () => {
  for (const mark of "'’´`") expect(foldWords(`  Ñuble, O${mark}HIGGINS `), mark).toBe("nuble ohiggins");
  for (const text of ["Prat con Brasil", "Prat / Brasil", "Prat/Brasil", "Prat y Brasil", "Prat & Brasil", "Prat esq. Brasil", "esquina de Prat con Brasil", "Esquina Prat y Brasil", "Prat con esquina Brasil", "intersección de Prat y Brasil", "corner of Prat and Brasil", "Prat con Brasil, Ciudad"])
    expect(pairs(text), text).toContainEqual({ first: "Prat", second: "Brasil" });
  expect(pairs("Prat con")).toEqual([{ first: "Prat", second: "" }]);
  for (const text of ["Conay", "Esquina", "Prat", ""]) expect(pairs(text)).toEqual([]);
  for (const [text, street, number] of [["Prat N° 1234", "Prat", "1234"], ["Prat #12", "Prat", "12"], ["21 de Mayo 455", "21 de Mayo", "455"], ["Prat 220 B", "Prat", "220 B"], ["calle Prat núm. 8", "calle Prat", "8"], ["Prat 1234, depto 5", "Prat", "1234"]])
    expect(numbered(text ?? "")).toEqual({ street, number });
  for (const text of ["Prat", "21 de Mayo", "Juan XXIII", "", "1234", "Prat 123456"]) expect(numbered(text)).toBeNull();
});

