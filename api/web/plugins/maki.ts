import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";
import common from "../src/images/common.json" with { type: "json" };

const folder = join(dirname(createRequire(import.meta.url).resolve("@mapbox/maki/package.json")), "icons");

/**
 * The icon's 15 × 15 drawing as one path. A part may begin with a relative move, whose further points are relative
 * too: each is led back to the corner first.
 */
function path(name: string): string {
  const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
  return [...svg.matchAll(/\sd="([^"]+)"/g)].map((found) => (found[1] ?? "").replace(/&#x[0-9a-f]+;/gi, " ").replace(/^m/, "M0 0m")).join("");
}

/**
 * Two virtual modules with the shapes of Maki's icons (CC0): `virtual:maki/common`, the few that
 * `src/images/common.json` names, and `virtual:maki/rest`, fetched when a style asks for another.
 */
export function maki(): Plugin {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".svg") && !file.endsWith("-JP.svg"))
    .map((file) => file.slice(0, -4));
  const modules: Record<string, string[]> = {
    "virtual:maki/common": names.filter((name) => common.includes(name)),
    "virtual:maki/rest": names.filter((name) => !common.includes(name)),
  };
  const missing = common.filter((name) => !names.includes(name));
  if (missing.length) throw new Error(`Maki has no icon ${missing.join(", ")}`);
  return {
    name: "sitplan-maki",
    resolveId: (id) => (id in modules ? `\0${id}` : undefined),
    load(id) {
      const chosen = modules[id.slice(1)];
      if (!id.startsWith("\0") || !chosen) return undefined;
      return `export default ${JSON.stringify(Object.fromEntries(chosen.map((n) => [n, path(n)])))}`;
    },
  };
}
