/** All that the live map needs, as one file: it comes after the page can be read. */

export { canDraw, maplibregl, TerritoryMap } from "./map";
export { default as Over } from "./parts/Over.svelte";
