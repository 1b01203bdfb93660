/** What MapLibre's own validator finds wrong in the styles that the API gives: `npm run styles`. */
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";

const address = process.env["SITPLAN_API"] ?? "http://127.0.0.1:8321";
const list = await (await fetch(`${address}/api/styles`)).json();
let faults = 0;
for (const { id, links } of list.styles) {
  const { href } = links.find(({ rel }) => rel === "stylesheet");
  const style = await (await fetch(href)).json();
  for (const fault of validateStyleMin(style)) {
    console.error(`${id}: ${fault.message}`);
    faults += 1;
  }
  console.log(`${id}: ${style.layers.length} layers`);
}
process.exit(faults ? 1 : 0);
