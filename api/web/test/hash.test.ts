import { describe, expect, it } from "vitest";
import { formatHash, parseHash, type Place } from "../src/hash";

const nowhere: Place = { view: null, layers: {}, panel: "home", feature: null, lang: "es", theme: null };

describe("the address", () => {
  it("says nothing of what is at its default", () => {
    expect(formatHash(nowhere)).toBe("");
    expect(parseHash("")).toEqual(nowhere);
  });

  it("is read back as it was written", () => {
    const place: Place = {
      view: { zoom: 14.25, lat: -28.5765, lon: -70.7585, bearing: 12 },
      layers: { safe_zones: true, green_areas: false },
      panel: "plan",
      feature: { layer: "initiatives", id: "DT-P3-E17" },
      lang: "en",
      theme: "dark",
    };
    const hash = formatHash(place);
    expect(hash).toBe(
      "#map=14.25/-28.5765/-70.7585/12&layers=-green_areas,safe_zones&panel=plan" +
        "&feature=initiatives/DT-P3-E17&lang=en&theme=dark",
    );
    expect(parseHash(hash)).toEqual(place);
  });

  it("keeps an identifier with odd signs whole", () => {
    const place: Place = { ...nowhere, feature: { layer: "roads", id: "a/b&c=ñ %" } };
    expect(parseHash(formatHash(place)).feature).toEqual(place.feature);
  });

  it.each([
    "#map=nonsense",
    "#map=1/2",
    "#map=14/-99/0",
    "#map=NaN/1/1",
    "#map=1/2/3/4/5",
    "#feature=noslash",
    "#feature=/id",
    "#feature=Bad Layer/1",
    "#layers=,,-,DROP TABLE",
    "#panel=unknown&theme=pink&lang=xx",
    "#%%%",
  ])("leaves %s at its defaults", (hash) => {
    expect(parseHash(hash)).toEqual(nowhere);
  });
});
