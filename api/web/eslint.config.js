import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/types.gen.ts"] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: "src/api.ts is the only fetcher." },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      // Bookkeeping that no view reads (timers, caches) is plain on purpose.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  // outside.ts asks who is not our API
  { files: ["src/api.ts", "src/outside.ts", "types.js", "style-check.js"], rules: { "no-restricted-globals": "off" } },
);
