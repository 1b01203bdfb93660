import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { alone } from "./plugins/alone.ts";
import { geodesicAsModule } from "./plugins/geodesic.ts";
import { maki } from "./plugins/maki.ts";
import { precompress } from "./plugins/precompress.ts";
import { preload } from "./plugins/preload.ts";

// The API that `npm run dev` speaks to.
const api = process.env["SITPLAN_API"] ?? "http://127.0.0.1:8321";

const OF_THE_MAP =
  /maplibre-gl|maki.common|src\/(map|live|loading|picked|pictures|ofTerritory|scale|tiles)\.ts|src\/images\/(?!inks|common)|src\/parts\/(Over|MapControls|MapKey|Scale|Symbol)\.svelte/;

export default defineConfig({
  plugins: [svelte(), alone("/src/chart/draw.ts"), maki(), geodesicAsModule(), preload(), precompress()],
  base: "/",
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200, // MapLibre alone; what is sent is measured by tests/web
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What the first map needs is one file: each request more costs a slow phone its way there and back.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: "map", test: OF_THE_MAP }],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: api, changeOrigin: false } } },
  test: { include: ["test/**/*.test.ts"] },
});
