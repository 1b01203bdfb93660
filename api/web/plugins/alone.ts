import { build, type Plugin } from "vite";

/**
 * Bundles a module with all that it imports before the rest sees it. A library that needs the bundler's
 * own helpers would else share them with the map in a file apart: one request more for every first visit.
 */
export function alone(path: string): Plugin {
  return {
    name: "sitplan:alone",
    apply: "build",
    async load(id) {
      if (!id.endsWith(path)) return null;
      const made = await build({
        configFile: false,
        logLevel: "silent",
        build: { write: false, minify: false, target: "es2022", lib: { entry: id, formats: ["es"], fileName: "alone" } },
      });
      const [first] = Array.isArray(made) ? made : [made];
      if (!first || !("output" in first)) throw new Error(`${path} was not bundled`);
      return { code: first.output[0].code, moduleType: "js" };
    },
  };
}
