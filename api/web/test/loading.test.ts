import type { Map as MapLibre } from "maplibre-gl";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whileLoading } from "../src/loading";

/** A map that is loaded when it is told so, and what was told of it. */
function fake() {
  const heard = new Map<string, () => void>();
  const told: boolean[] = [];
  const state = { loaded: false, tiles: false };
  const map = {
    on: (event: string, listener: () => void) => void heard.set(event, listener),
    loaded: () => state.loaded,
    areTilesLoaded: () => state.tiles,
  };
  whileLoading(map as unknown as MapLibre, (is) => told.push(is));
  return { state, told, fire: (event: string) => heard.get(event)?.() };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what comes is told until all of it has come, and again for the next", () => {
  const { state, told, fire } = fake();
  fire("dataloading");
  fire("dataloading");
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(1);
  state.loaded = true;
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([true, true]);
  state.tiles = true;
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([true, true, false]);
  expect(vi.getTimerCount()).toBe(0);
  fire("dataloading");
  vi.advanceTimersByTime(1000);
  expect(told.slice(3)).toEqual([true, false]);
});

test.each(["remove", "webglcontextlost"])("after %s nothing is waited for", (event) => {
  const { told, fire } = fake();
  fire("dataloading");
  fire(event);
  expect(told).toEqual([true, false]);
  fire("dataloading");
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([true, false]);
  expect(vi.getTimerCount()).toBe(0);
});

test("graphics that come back are waited for again", () => {
  const { state, told, fire } = fake();
  fire("webglcontextlost");
  fire("webglcontextrestored");
  expect(told).toEqual([]);
  fire("dataloading");
  expect([told, vi.getTimerCount()]).toEqual([[true], 1]);
  state.loaded = state.tiles = true;
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([true, false]);
});
