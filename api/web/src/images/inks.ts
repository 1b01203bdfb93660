/** The colours that images are drawn with: the style's own palette, or these where it tells none. */

import type { Theme } from "../hash";

export type Inks = Record<string, string>;

const BUILT_IN: Record<Theme, Inks> = {
  day: {
    accent: "#0B5C63",
    initiative: "#A12C7B",
    initiative_ground: "#FFFFFF",
    evacuation: "#00703C",
    evacuation_ground: "#FFFFFF",
    hazard: "#B4501E",
    facility: "#4A4F66",
    facility_ground: "#FFFFFF",
    ink: "#1F1B17",
    gap: "#FFFFFF",
  },
  dark: {
    accent: "#7CC4CC",
    initiative: "#F08CCB",
    initiative_ground: "#2A1423",
    evacuation: "#5FD08F",
    evacuation_ground: "#0D2417",
    hazard: "#F0A36E",
    facility: "#C4CADF",
    facility_ground: "#262A33",
    ink: "#FFFFFF",
    gap: "#1F1B17",
  },
};

/** The inks of a theme; `palette` is what the style's metadata carries, if anything. */
export function inksOf(theme: Theme, palette?: unknown): Inks {
  const own = palette && typeof palette === "object" ? (palette as Inks) : {};
  return { ...BUILT_IN[theme], ...own };
}
