/** What the name of an image asks for. Pure: docs/guides/map-style.md lists the families. */

export type Ask =
  | { family: "hatch"; ink: string; step: number; tint: number }
  | { family: "arrow"; ink: string }
  | { family: "pictogram"; icon: string; ink: string }
  | { family: "pin"; icon: string; progress: number; dashed: boolean }
  | { family: "icon"; icon: string; ink: string };

/** Distance between the lines of a hatch, px: the nearer, the higher the level. */
const LEVELS: Record<string, { step: number; tint: number }> = {
  alto: { step: 6, tint: 0.2 },
  medio: { step: 10, tint: 0.12 },
  bajo: { step: 16, tint: 0.06 },
};
const NO_LEVEL = { step: 9, tint: 0.12 };

/** How much of a pin's ring is filled: how far an initiative has come. */
const PROGRESS: Record<string, number> = {
  idea: 0,
  propuesta: 0,
  en_formulacion: 0.15,
  perfil: 0.15,
  postulada: 0.25,
  prefactibilidad: 0.3,
  en_evaluacion: 0.35,
  factibilidad: 0.4,
  diseno: 0.5,
  financiada: 0.55,
  en_licitacion: 0.65,
  ejecucion: 0.8,
  en_ejecucion: 0.8,
  recepcion_provisoria: 0.95,
  operacion: 1,
  terminada: 1,
};

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

const PICTOGRAMS: Record<string, string> = { meeting: "meeting", safe: "safe" };
const ALIASES: Record<string, string> = { safe: "evacuation", route: "evacuation" };

/** The image that a name means, or null for a family nobody draws. */
export function understand(name: string): Ask | null {
  const [family = "", ...rest] = name.split("-");
  const said = rest.join("-");
  switch (family) {
    case "hatch": {
      const level = rest.find((word) => word in LEVELS);
      const ink = rest.filter((word) => word !== level).join("_") || "accent";
      const { step, tint } = (level && LEVELS[level]) || NO_LEVEL;
      return { family: "hatch", ink: ALIASES[ink] ?? ink, step, tint };
    }
    case "arrow":
      return { family: "arrow", ink: ALIASES[said] ?? said };
    case "pictogram":
      return { family: "pictogram", icon: PICTOGRAMS[said] ?? said, ink: "evacuation" };
    case "pin": {
      const words = rest.filter((word) => word !== "invented");
      const stage = words.find((word) => word in PROGRESS);
      const theme = words.filter((word) => word !== stage).join("-");
      const progress = stage ? (PROGRESS[stage] ?? 0) : 0;
      return {
        family: "pin",
        icon: THEMES[theme] ?? (theme || "circle"),
        progress,
        dashed: rest.includes("invented") || progress === 0,
      };
    }
    case "maki":
      return { family: "icon", icon: said, ink: "facility" };
    default:
      return null;
  }
}
