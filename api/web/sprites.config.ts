import { defineConfig } from "vite";
import { maki } from "./plugins/maki.ts";

// The drawing of the sheet alone, as one script: what scripts/sprites.py hands to a browser.
export default defineConfig({
  plugins: [maki()],
  build: {
    target: "es2022",
    copyPublicDir: false,
    lib: { entry: "src/images/sheet.ts", formats: ["iife"], name: "sitplan", fileName: () => "sheet.js" },
  },
});
