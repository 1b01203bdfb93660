/** All that the live map needs, as one file: it comes after the page can be read. */

export { canDraw } from "./loading";
export { maplibregl, TerritoryMap } from "./map";
export { default as Over } from "./parts/Over.svelte";
