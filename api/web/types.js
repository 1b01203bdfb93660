/**
 * Writes src/types.gen.ts after the API's own definition: `npm run types`, with the API running at
 * SITPLAN_API. With `-- --check` it only says whether the file is fresh. What the definition says
 * of single layers is left out: the map knows no layer by its fields.
 */
import { readFileSync, writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

const address = process.env["SITPLAN_API"] ?? "http://127.0.0.1:8321";
const file = new URL("src/types.gen.ts", import.meta.url);

const answer = await fetch(`${address}/api/openapi?lang=en`);
if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
const definition = await answer.json();
const { schemas } = definition.components;
const general = Object.entries(schemas).filter(([name]) => !/^(changes|diff|feature|page)_/.test(name));
const made = await openapi(
  {
    openapi: definition.openapi,
    info: { title: "SITPLAN", version: "1" },
    paths: {},
    components: { schemas: Object.fromEntries(general.sort(([a], [b]) => (a < b ? -1 : 1))) },
  },
  { arrayLength: true, alphabetize: true, exportType: true },
);
const text = `// Made by \`npm run types\` from /api/openapi: do not edit.\n\n${astToString(made)}`;

if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  console.error("src/types.gen.ts is not what the API says: npm run types");
  process.exit(1);
}
