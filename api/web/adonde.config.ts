import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { precompress } from "./plugins/precompress.ts";
import { preload } from "./plugins/preload.ts";

// «¿Adónde voy?» is built apart, after the map: neither page waits for a part of the other.
export default defineConfig({
  plugins: [svelte(), preload(), precompress()],
  base: "/",
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    emptyOutDir: false,
    copyPublicDir: false,
    modulePreload: { polyfill: false },
    rollupOptions: { input: "adonde-voy.html" },
  },
});
