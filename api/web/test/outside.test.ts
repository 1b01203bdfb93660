import type { LayerSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { addressOf, attributionOf, liftedOf } from "../src/outside";

describe("an outside base map", () => {
  it("fills the template", () => {
    expect(addressOf("https://x.cl/{z}/{y}/{x}?k=1", "3", "4", "5")).toBe("https://x.cl/3/5/4?k=1");
  });

  it("links the address at the end of an attribution, and no other text", () => {
    expect(attributionOf("© Mapas https://x.cl/uso")).toEqual({ text: "© Mapas", href: "https://x.cl/uso" });
    expect(attributionOf("© Mapas")).toEqual({ text: "© Mapas", href: null });
    expect(attributionOf("© Mapas javascript:alert(1)")).toEqual({ text: "© Mapas javascript:alert(1)", href: null });
  });

  it("lifts what lies among the ground and is not ground, and knows its place", () => {
    const layer = (id: string, of: string, order: number) =>
      ({ id, type: "fill", source: "s", "source-layer": of, metadata: { order } }) as unknown as LayerSpecification;
    const background: LayerSpecification = { id: "background", type: "background" };
    const layers = [background, layer("a", "land", 0), layer("b", "green", 120), layer("c", "water", 200), layer("d", "places", 500)];
    expect(liftedOf(layers, new Set(["land", "water"]))).toEqual([["b", "c"]]);
    expect(liftedOf([...layers.slice(0, 2), layer("b", "green", 120)], new Set(["land"]))).toEqual([["b", undefined]]);
  });
});
