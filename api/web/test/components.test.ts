/** What components say for what they are given: drawn as text, without a browser. */

import type { Component } from "svelte";
import { render } from "svelte/server";
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/api";
import type { Indicator, LegendLayer, PlanNode } from "../src/types";
import { en } from "../src/words/en";
import { es } from "../src/words/es";

vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
vi.stubGlobal("location", { pathname: "/", hash: "", search: "" });
vi.stubGlobal("navigator", { onLine: true });
const { store } = await import("../src/state.svelte");
store.teach(() => Promise.resolve({ en }));

const part = async (name: string) => ((await import(`../src/parts/${name}.svelte`)) as { default: Component }).default;

/** The HTML of a part, and what a reader hears of it. */
async function drawn(name: string, props: Record<string, unknown>): Promise<{ html: string; text: string }> {
  const html = render(await part(name), { props }).body.replace(/<!--.*?-->/g, "");
  const text = html.replace(/<[^>]*>/g, " ").replace(/&amp;/g, "&").replace(/\s+/g, " ").trim();
  return { html, text };
}

beforeEach(async () => {
  store.online = true;
  store.feature = null;
  store.legend = null;
  await store.speak("es");
});

test("trouble says what, why and what to do, in the words of who knows", async () => {
  const told = new ApiError(429, "Demasiadas consultas", "Van 60 en un minuto.", "Espera 20 segundos.");
  const { html, text } = await drawn("Trouble", { error: told, retry: () => undefined });
  expect(html).toContain('role="alert"');
  expect(text).toBe(`Demasiadas consultas Van 60 en un minuto. Espera 20 segundos. ${es.fault.retry}`);
  expect((await drawn("Trouble", { error: told })).text).not.toContain(es.fault.retry);
  expect((await drawn("Trouble", { error: new ApiError(500, "") })).text).toBe(`${es.fault.server} ${es.fault.serverHint}`);
});

test("who is without a network is told so, and who only lost the server is told that", async () => {
  const error = new ApiError(0, "");
  expect((await drawn("Trouble", { error })).text).toBe(`${es.fault.unreachable} ${es.fault.unreachableHint}`);
  store.online = false;
  expect((await drawn("Trouble", { error })).text).toBe(`${es.fault.offline} ${es.fault.unreachableHint}`);
  await store.speak("en");
  expect((await drawn("Trouble", { error })).text).toBe(`${en.fault.offline} ${en.fault.unreachableHint}`);
});

test("an answer is waited for, or why it does not come is told, and one that came is left alone", async () => {
  const waiting = await drawn("Waited", { answer: { data: null, error: null } });
  expect(waiting.html).toContain('role="status"');
  expect(waiting.text).toBe(es.loading);
  const error = new ApiError(404, "No está");
  expect((await drawn("Waited", { answer: { data: null, error, retry: () => undefined } })).text).toContain("No está");
  expect((await drawn("Waited", { answer: { data: {}, error: null } })).text).toBe("");
  expect((await drawn("Waited", { answer: { data: {}, error } })).text, "what failed is told beside the old").toContain("No está");
});

test("facts are sentences, then figures, then rows; only what is an address of the web is a link", async () => {
  const row = (name: string, value: string) => ({ name, title: name.toUpperCase(), value });
  const facts = {
    sentences: ["Tiene dos canchas."],
    figures: [row("area", "1.200 m²")],
    rows: [row("page", "https://example.org/a"), row("bad", "javascript:alert(1)"), { ...row("of", "Plaza"), initiative: "DEMO-001" }],
  };
  const { html, text } = await drawn("Facts", { facts, before: ["Es una plaza."] });
  expect(text).toBe("Es una plaza. Tiene dos canchas. AREA 1.200 m² PAGE https://example.org/a BAD javascript:alert(1) OF Plaza");
  expect([...html.matchAll(/href="([^"]*)"/g)].map((found) => found[1])).toEqual(["https://example.org/a"]);
  expect(html).toMatch(/<button[^>]*>Plaza<\/button>/);
  expect((await drawn("Facts", { facts: { sentences: [], figures: [], rows: [] } })).html.trim()).toBe("");
});

test("bars are as long as their figures", async () => {
  const bar = (name: string, value: number) => ({ name, value, told: `${value} m²`, fill: "#00703C" });
  const lengths = (html: string) => [...html.matchAll(/width="([\d.]+)%"[^>]*class="bar/g)].map((found) => Number(found[1]));
  const { html } = await drawn("Bars", { bars: [bar("Uno", 8), bar("Dos", 2), bar("Tres", 0)], label: "Dos barrios & uno" });
  expect(lengths(html)).toEqual([100, 25, 0]);
  expect(html).toContain('aria-label="Dos barrios &amp; uno"');
  expect(lengths((await drawn("Bars", { bars: [bar("Nada", 0)], label: "" })).html)).toEqual([0]);
});

const layer = {
  name: "green_areas", title: "Áreas verdes", description: "Plazas y parques.", custodian: "Aseo y Ornato", label: "name",
  source: { title: "Catastro", publisher: "Municipalidad", date: "2026-03", licence: "CC-BY-4.0" },
} as unknown as LegendLayer; // prettier-ignore

test("a sheet ends with source, custodian, licence and date; names are text, never markup", async () => {
  const properties = { code: "GA-001", source_date: "2026-05-02", updated_at: "2026-06-01T12:00:00Z" };
  const { text } = await drawn("Origin", { layer, name: "green_areas", id: "7", properties });
  for (const said of ["Catastro, Municipalidad, 2 de mayo de 2026.", es.feature.custodian("Aseo y Ornato"), es.feature.licence("CC-BY-4.0"), "GA-001"]) {
    expect(text).toContain(said);
  }
  expect(text, "the feature's date comes before the layer's").not.toContain("marzo");
  const bad = { ...layer, title: "<img src=x onerror=alert(1)>" };
  expect((await drawn("Origin", { layer: bad, name: "a", id: "1", properties: {} })).html).not.toContain("<img");
});

test("a list of what was touched names each, its layer, and what is invented", async () => {
  store.legend = { groups: [{ name: "environment", title: "", layers: [layer] }] } as never;
  const hits = [
    { layer: "green_areas", id: "1", properties: { name: "Plaza Uno" } },
    { layer: "green_areas", id: "2", properties: {} },
    { layer: "other", id: "3", properties: { code: "DEMO-004" } },
  ];
  const { html, text } = await drawn("HitList", { hits });
  expect(text).toBe(`Plaza Uno Áreas verdes Áreas verdes ${es.feature.unnamed} DEMO-004 other ${es.plan.invented}`);
  expect(html.match(/<button/g)).toHaveLength(3);
});

test("a row of the plan says its stage, whether it has a place, is invented or stands there for others", async () => {
  const node = {
    code: "A", title: "Parque Uno", kind_title: "Proyecto", status_title: "Propuesta", stage_title: "Diseño", placed: false, invented: true, matches: false,
  } as unknown as PlanNode; // prettier-ignore
  const { text } = await drawn("PlanRow", { node });
  expect(text).toBe("Parque Uno Proyecto · propuesta · diseño · sin lugar · inventado no cumple el filtro; está porque de ella dependen otras");
  const placed = await drawn("PlanRow", { node: { ...node, placed: true, invented: false, matches: true } });
  expect(placed.text).toBe("Parque Uno en el mapa Proyecto · propuesta · diseño");
});

test("the table of an indicator falls by its figure, tells why one is lacking, and shows sixty at first", async () => {
  const rows = [
    { code: "A", name: "Alfa", value: 1.25, reason: null },
    { code: "B", name: "Beta", value: null, reason: "few" },
    { code: "C", name: "Gama", value: 1250, reason: null },
  ];
  const found = { unit: "m²", ofTitle: "Barrio", columns: [], none: [{ reason: "few", label: "menos de 30 personas" }], rows } as unknown as Indicator;
  const { text } = await drawn("IndicatorTable", { found, chosen: "", choose: () => undefined });
  expect(text).toContain("Gama 1.250 Alfa 1,3 Beta menos de 30 personas");
  const many = Array.from({ length: 61 }, (_, i) => ({ code: `${i}`, name: `n${i}`, value: i, reason: null }));
  const long = await drawn("IndicatorTable", { found: { ...found, rows: many }, chosen: "", choose: () => undefined });
  expect(long.html.match(/<tr/g)).toHaveLength(61);
  expect(long.text).toMatch(/61\b.*$/);
});

test("a switch says what it switches and how it stands", async () => {
  const { html } = await drawn("Switch", { on: true, label: "Áreas verdes", change: () => undefined });
  expect(html).toMatch(/role="switch"[^>]*checked[^>]*aria-label="Áreas verdes"|role="switch"[^>]*aria-label="Áreas verdes"[^>]*checked/);
});
