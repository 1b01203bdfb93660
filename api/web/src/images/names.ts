/** What the name of an image asks for: the families of docs/guides/map-style.md. Pure. */

export type Ask =
  | { family: "hatch"; pattern: "lines" | "back" | "dots"; ink: string; step: number }
  | { family: "arrow"; ink: string }
  | { family: "pictogram"; icon: string; ink: string }
  | { family: "critical"; cause: string }
  | { family: "pin"; icon: string; ring: number; dashed: boolean }
  | { family: "icon"; icon: string };

/** Distance between the lines of a hatch, px: the nearer, the higher the level. */
const LEVELS: Record<string, number> = { alto: 6, medio: 10, bajo: 16 };

/** How much of a pin's ring is drawn: how far an initiative has come. */
const RINGS: Record<string, number> = { idea: 0, design: 1 / 3, works: 2 / 3, done: 1 };

const THEMES: Record<string, string> = {
  public_space: "picnic-site",
  sport: "soccer",
  accessibility: "wheelchair",
  transit: "bus",
  cycling: "bicycle",
  roads: "car",
  lighting: "bulb",
  security: "police",
  civil_protection: "fire-station",
  evacuation: "caution",
  waste: "waste-basket",
  environment: "natural",
  animals: "animal-shelter",
  energy: "windmill",
  water: "drinking-water",
  sanitation: "toilet",
  stormwater: "water",
  green: "park",
  planning: "town",
  land_info: "marker",
  urban_renewal: "building",
  housing: "home",
  participation: "residential-community",
  productive: "industry",
  employment: "suitcase",
  tourism: "attraction",
  education: "school",
  preschool: "playground",
  higher_education: "college",
  social: "heart",
  health: "hospital",
  heritage: "historic",
  culture: "theatre",
  digital: "mobile-phone",
  communication: "communications-tower",
  municipal_mgmt: "town-hall",
};

/** The image that a name means, or null for a family nobody draws. */
export function understand(name: string): Ask | null {
  const [family = "", ...words] = name.split("-");
  const [first = ""] = words;
  const said = words.join("-");
  switch (family) {
    case "hatch":
      if (first === "safe") return { family: "hatch", pattern: "back", ink: "evacuation", step: 8 };
      if (first === "settlement") return { family: "hatch", pattern: "dots", ink: "settlement", step: 6 };
      return { family: "hatch", pattern: "lines", ink: first, step: LEVELS[words.at(-1) ?? ""] ?? 10 };
    case "arrow":
      return { family: "arrow", ink: said };
    case "pictogram":
      if (first === "critical") return { family: "critical", cause: words[1] ?? "otro" };
      return { family: "pictogram", icon: said, ink: "evacuation" };
    case "pin":
      return {
        family: "pin",
        icon: THEMES[first] ?? "circle",
        ring: RINGS[words[1] ?? ""] ?? 0,
        dashed: words.at(-1) === "dashed",
      };
    case "maki":
      return { family: "icon", icon: said };
    default:
      return null;
  }
}

/** The name of every pin: a theme or none, how far it has come, proposed or not. */
export function pins(): string[] {
  return ["none", ...Object.keys(THEMES)].flatMap((theme) =>
    Object.keys(RINGS).flatMap((stage) => [`pin-${theme}-${stage}-solid`, `pin-${theme}-${stage}-dashed`]),
  );
}
