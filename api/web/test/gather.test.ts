import { expect, test } from "vitest";
import { gather, NEAR_PX, tally } from "../src/gather";

const pin = (id: string, x: number, y = 0) => ({ id, x, y });
const idsOf = (groups: { id: string }[][]) => groups.map((group) => group.map(({ id }) => id));

test("pins nearer than a finger stand together, by hand", () => {
  const pins = [pin("a", 0), pin("b", 43), pin("c", 44), pin("d", 60), pin("e", 100, 200)];
  expect(idsOf(gather(pins))).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  expect(gather([])).toEqual([]);
});

test("who is near two goes to the nearer", () => {
  expect(idsOf(gather([pin("a", 0), pin("b", 60), pin("c", 35)]))).toEqual([["a"], ["b", "c"]]);
});

test("nobody is lost, and no two gatherings hide one another, at random places", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 50; round += 1) {
    const pins = Array.from({ length: 60 }, (_, i) => pin(String(i), random() * 400, random() * 400));
    const groups = gather(pins);
    expect(groups.flat().map(({ id }) => id).sort()).toEqual(pins.map(({ id }) => id).sort());
    for (const [i, [first]] of groups.entries()) {
      for (const [other] of groups.slice(i + 1)) expect(Math.hypot(first.x - other.x, first.y - other.y)).toBeGreaterThanOrEqual(NEAR_PX);
    }
  }
});

test("what is inside is told in the order of the list, what has none last", () => {
  const stages = ["works", null, "idea", "works", "other", undefined];
  expect(tally(stages, ["idea", "design", "works"])).toEqual([["idea", 1], ["works", 2], ["", 3]]); // prettier-ignore
  expect(tally([], ["idea"])).toEqual([]);
});
