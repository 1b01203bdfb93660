import { describe, expect, it } from "vitest";
import * as format from "../src/format";

/** No-break spaces read as spaces here. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("numbers and measures", () => {
  it.each([
    [1250000, "$ 1.250.000"],
    [0, "$ 0"],
    [999.6, "$ 1.000"],
  ])("amount %d", (value, text) => expect(plain(format.amount(value, "es"))).toBe(text));

  it.each([
    [1250, "1.250 m²"],
    [7.26, "7,3 m²"],
    [999999, "999.999 m²"],
    [1_240_000, "1,2 km²"],
    [7_228_140_000, "7.228 km²"],
  ])("area %d", (value, text) => expect(plain(format.area(value, "es"))).toBe(text));

  it.each([
    [240, "240 m"],
    [999.4, "999 m"],
    [999.6, "1 km"],
    [1240, "1,2 km"],
    [12_000, "12 km"],
  ])("distance %d", (value, text) => expect(plain(format.distance(value, "es"))).toBe(text));

  it("writes units as people do", () => {
    expect(plain(format.measure(45, "%", "es"))).toBe("45 %");
    expect(plain(format.measure(12, "min", "en"))).toBe("12 min");
    expect(plain(format.measure(3.5, "L/s", "es"))).toBe("3,5 L/s");
    expect(format.measure(1234, undefined, "es")).toBe("1.234");
    expect(format.measure(1234, undefined, "en")).toBe("1,234");
  });
});

describe("dates", () => {
  it.each([
    ["2026-11-22", "22 de noviembre de 2026"],
    ["2026-03", "marzo de 2026"],
    ["2026", "2026"],
    ["sin fecha", "sin fecha"],
    ["2026-13-45", "2026-13-45"],
  ])("%s", (text, said) => expect(format.date(text, "es")).toBe(said));

  it("tells an instant with its hour, by the territory's clocks", () => {
    expect(format.instant("2026-11-22T02:05:00Z", "es", "America/Santiago")).toBe("21 de noviembre de 2026, 23:05");
    expect(format.instant("2026-11-22T02:05:00Z", "en")).toBe("22 November 2026, 02:05");
  });

  it("tells a moment in the territory's own time", () => {
    expect(format.date("2026-11-22T01:30:00Z", "es", "America/Santiago")).toBe("21 de noviembre de 2026");
  });

  it("speaks English too", () => expect(format.date("2026-11-22", "en")).toBe("22 November 2026"));
});

it("folds accents and capitals away", () => expect(format.fold("Ñuble Árbol")).toBe("nuble arbol"));
