import { describe, expect, it } from "vitest";
import { understand } from "../src/images/names";

describe("names of images", () => {
  it("tells the level of a hazard by the step of its hatch", () => {
    const steps = ["alto", "medio", "bajo"].map((level) => {
      const ask = understand(`hatch-hazard-${level}`);
      return ask?.family === "hatch" ? [ask.ink, ask.step] : null;
    });
    expect(steps).toEqual([["hazard", 6], ["hazard", 10], ["hazard", 16]]);
  });

  it("reads theme, stage and edge of a pin", () => {
    expect(understand("pin-sport-works-dashed")).toEqual({ family: "pin", icon: "soccer", ring: 2 / 3, dashed: true });
    expect(understand("pin-public_space-done-solid")).toMatchObject({ icon: "picnic-site", ring: 1, dashed: false });
    expect(understand("pin-none-idea-solid")).toMatchObject({ icon: "circle", ring: 0 });
    expect(understand("pin-a_theme_of_tomorrow-design-solid")).toMatchObject({ icon: "circle", ring: 1 / 3 });
  });

  it("passes any Maki name on", () => {
    expect(understand("maki-fire-station")).toEqual({ family: "icon", icon: "fire-station" });
  });

  it("leaves what nobody draws alone", () => expect(understand("road_shield")).toBeNull());
});
