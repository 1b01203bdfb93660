import type { Plugin } from "vite";

/** Makes an ES module of the library of geodesics, so that no page loads what translates old modules. */
export function geodesicAsModule(): Plugin {
  return {
    name: "sitplan-geodesic",
    enforce: "pre",
    apply: "build",
    transform(code, id) {
      if (!id.split("?")[0]?.endsWith("/geographiclib-geodesic.min.js")) return null;
      return { code: `const module = { exports: {} };\n${code}\nexport default module.exports;\n`, map: null };
    },
  };
}
