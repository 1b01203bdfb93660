import { describe, expect, it } from "vitest";
import { formatMoment, instantOf, isDay, localOf, momentQuery, NOW, parseMoment, todayIn } from "../src/moment";

describe("a moment", () => {
  it("is read from the address and written back", () => {
    const moment = { on: "2025-01-31", vs: "2024-02-29", asOf: "2026-11-22T12:00:00Z" };
    const text = formatMoment(moment).join("&");
    expect(text).toBe("on=2025-01-31&vs=2024-02-29&as-of=2026-11-22T12:00:00Z");
    expect(parseMoment(new URLSearchParams(text))).toEqual(moment);
  });

  it.each(["on=2025-02-30", "on=ayer", "vs=2025-13-01", "as-of=2026-11-22", "as-of=2026-99-99T12:00:00Z", "on="])(
    "leaves %s at now",
    (text) => expect(parseMoment(new URLSearchParams(text))).toEqual(NOW),
  );

  it("asks the API only for what is not now", () => {
    expect(momentQuery(NOW)).toEqual({});
    expect(momentQuery({ on: "2025-01-01", vs: "2024-01-01", asOf: "" })).toEqual({ datetime: "2025-01-01" });
  });

  it("knows days, and today where the territory is", () => {
    expect(isDay("2024-02-29")).toBe(true);
    expect(isDay("2025-02-29")).toBe(false);
    expect(todayIn("America/Santiago", new Date("2026-11-27T02:00:00Z"))).toBe("2026-11-26");
  });

  it("goes through a field of the browser and comes back", () => {
    const instant = "2026-11-22T12:34:00Z";
    // Summer and winter in the territory, the hour that its clocks skip, and a place with other clocks.
    expect(localOf(instant, "America/Santiago")).toBe("2026-11-22T09:34");
    for (const zone of ["America/Santiago", "UTC", "Asia/Kathmandu"]) {
      for (const one of [instant, "2026-07-01T03:59:00Z", "2026-09-06T03:59:00Z", "2026-09-06T04:00:00Z"]) {
        expect(instantOf(localOf(one, zone), zone)).toBe(one);
      }
    }
    expect(instantOf("", "UTC")).toBe("");
  });
});
