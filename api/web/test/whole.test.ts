/** The phone's answer against that of the analysis: run by tests/web/test_way_out.py, which hands both in. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Package, Who, Xy } from "../src/adonde/package";
import { toDegrees, toMetres } from "../src/adonde/package";
import { netOf, trip } from "../src/adonde/walk";

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
