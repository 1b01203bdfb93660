/**
 * The phone's answer against that of the analysis, and against the page of a place: run each by its title, by
 * tests/web/test_way_out.py and test_way_out_where.py, which hand in what it is held against.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Package, Who, Xy } from "../src/adonde/package";
import { toDegrees, toMetres } from "../src/adonde/package";
import { LONGEST_M, minutesOf, walked } from "../src/adonde/tell";
import { depthAt, goalAt, netOf, trip } from "../src/adonde/walk";

interface Way {
  hazard: string;
  who: Who;
  lon: number;
  lat: number;
  exit: string | null;
  metres: number;
  seconds: number;
}

const folder = process.env["WAYS_FOLDER"];

test.skipIf(!folder)("every way is the analysis's", () => {
  const file = (name: string) => join(folder ?? "", name);
  expect(existsSync(file("package.json"))).toBe(true);
  const pack = JSON.parse(readFileSync(file("package.json"), "utf8")) as Package;
  const ways = JSON.parse(readFileSync(file("ways.json"), "utf8")) as Way[];
  const nets = new Map(pack.hazards.map((hazard) => [hazard.code, netOf(pack, hazard)]));
  const wrong: string[] = [];
  for (const way of ways) {
    const net = nets.get(way.hazard);
    const place = toMetres(pack, [way.lon, way.lat] as Xy);
    if (!net || !place) throw new Error(`${way.hazard} ${way.lon} ${way.lat}`);
    const [lon, lat] = toDegrees(pack, place);
    expect(Math.abs(lon - way.lon) + Math.abs(lat - way.lat)).toBeLessThan(1e-6);
    const found = trip(net, place, way.who);
    const exit = found ? (pack.exits[found.exit]?.code ?? "") : null;
    const near = found && Math.abs(found.metres - way.metres) < 1 && Math.abs(found.seconds - way.seconds) < 2;
    if (exit !== way.exit || (found && !near)) {
      wrong.push(`${JSON.stringify(way)}: ${exit} ${found?.metres} ${found?.seconds}`);
    }
  }
  expect(ways.length).toBeGreaterThan(500);
  expect(ways.filter((way) => way.exit !== null).length).toBeGreaterThan(300);
  expect(wrong).toEqual([]);
});

/** What the page of a place says of a way: the code of the goal, and its words. */
interface Said {
  hazard: string;
  who: Who;
  lon: number;
  lat: number;
  /** Where somebody already is. */
  there: string | null;
  level: string | null;
  goal: string | null;
  metres: string;
  minutes: number;
}

test.skipIf(!folder)("every way is told as the page of its place tells it", () => {
  const file = (name: string) => JSON.parse(readFileSync(join(folder ?? "", name), "utf8")) as unknown;
  const pack = file("package.json") as Package;
  const said = file("said.json") as Said[];
  const nets = new Map(pack.hazards.map((hazard) => [hazard.code, netOf(pack, hazard)]));
  const wrong: string[] = [];
  for (const one of said) {
    const net = nets.get(one.hazard);
    const place = toMetres(pack, [one.lon, one.lat] as Xy);
    if (!net || !place) throw new Error(`${one.hazard} ${one.lon} ${one.lat}`);
    const there = goalAt(net, place, one.who)?.code ?? null;
    const level = [null, "bajo", "medio", "alto"][depthAt(net, place)];
    if (there !== one.there || level !== one.level) wrong.push(`${JSON.stringify(one)}: ${there} ${level}`);
    const way = there ? null : trip(net, place, one.who);
    const told = way && way.metres <= LONGEST_M ? way : null;
    const words = told ? [pack.exits[told.exit]?.code, walked(told.metres, "es").replace("\u00a0", " "), minutesOf(told.seconds)] : [null, "", 0];
    if (JSON.stringify(words) !== JSON.stringify([one.goal, one.metres, one.minutes])) wrong.push(`${JSON.stringify(one)}: ${words.join()} ${way?.metres} ${way?.seconds}`);
  }
  expect(said.length).toBeGreaterThan(150);
  expect(said.filter((one) => one.goal !== null).length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});
