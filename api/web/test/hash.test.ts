import { describe, expect, it } from "vitest";
import { formatHash, parseHash, type Place } from "../src/hash";

const nowhere: Place = {
  view: null,
  layers: {},
  fades: {},
  table: null,
  mark: null,
  drawn: null,
  sheet: null,
  moment: { on: "", vs: "", asOf: "" },
  side: null,
  panel: "home",
  only: "",
  indicator: null,
  feature: null,
  lang: "es",
  theme: null,
};

describe("the address", () => {
  it("says nothing of what is at its default", () => {
    expect(formatHash(nowhere)).toBe("");
    expect(parseHash("")).toEqual(nowhere);
  });

  it("is read back as it was written", () => {
    const place: Place = {
      view: { zoom: 14.25, lat: -28.5765, lon: -70.7585, bearing: 12 },
      layers: { safe_zones: true, green_areas: false },
      fades: { roads: 40, green_areas: 90 },
      table: { layer: "green_areas", sort: "-area_m2", q: "plaza & ñ" },
      mark: [-70.75, -28.576543],
      drawn: { kind: "area", points: [[-70.75, -28.5], [-70.74, -28.5], [-70.74, -28.49]] }, // prettier-ignore
      sheet: { paper: "a3-portrait", scale: 2500, title: "Ñuñoa 1/2 & más" },
      moment: { on: "2025-01-01", vs: "2024-01-01", asOf: "" },
      side: 40,
      panel: "plan",
      only: "theme=green&q=plaza+más",
      indicator: { id: "green_deficit", of: "census_blocks" },
      feature: { layer: "initiatives", id: "DT-P3-E17" },
      lang: "en",
      theme: "dark",
    };
    const hash = formatHash(place);
    expect(hash).toBe(
      "#map=14.25/-28.5765/-70.7585/12&layers=-green_areas,safe_zones" +
        "&fade=green_areas:90,roads:40&table=green_areas&sort=-area_m2&q=plaza%20%26%20%C3%B1" +
        "&at=-28.576543/-70.75&area=-28.5/-70.75,-28.5/-70.74,-28.49/-70.74&sheet=a3-portrait/2500/%C3%91u%C3%B1oa%201%2F2%20%26%20m%C3%A1s&on=2025-01-01&vs=2024-01-01&side=40&panel=plan" +
        "&only=theme%3Dgreen%26q%3Dplaza%2Bm%C3%A1s" +
        "&indicator=green_deficit/census_blocks&feature=initiatives/DT-P3-E17&lang=en&theme=dark",
    );
    expect(parseHash(hash)).toEqual(place);
  });

  it("keeps an identifier with odd signs whole", () => {
    const place: Place = { ...nowhere, feature: { layer: "roads", id: "a/b&c=ñ %" } };
    expect(parseHash(formatHash(place)).feature).toEqual(place.feature);
  });

  it("puts two days side by side only where two are told", () => {
    const at = (text: string) => parseHash(`#${text}`).side;
    expect(at("on=2025-01-01&vs=2024-01-01")).toBeNull(); // an address from before there was a side
    expect(at("vs=2024-01-01&side=0")).toBe(0);
    expect(at("vs=2024-01-01&as-of=2026-11-22T12:00:00Z&side=100")).toBe(100);
    for (const side of ["101", "-1", "4.5", "", "left", "007"]) expect(at(`vs=2024-01-01&side=${side}`)).toBeNull();
    expect(at("on=2025-01-01&side=50")).toBeNull();
    expect(at("vs=2024-02-30&side=50")).toBeNull();
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
    "#fade=roads,roads:x,roads:0,Bad:10,roads:40:2",
    "#at=1,2&length=-99/0,x/y,1/2/3",
    "#table=Bad&sort=name&q=x",
    "#panel=unknown&theme=pink&lang=xx",
    "#%%%",
  ])("leaves %s at its defaults", (hash) => {
    expect(parseHash(hash)).toEqual(nowhere);
  });
});
