/** The only fetcher: every address that the map asks for is written here. */

import type { StyleSpecification } from "maplibre-gl";
import type { Lang, Theme } from "./hash";
import type { LonLat } from "./utm";
import type { Answer, Chart, Charts, Differences, Feature, FeaturePage, Indicator, Indicators, Initiative, Legend, Place, Plan, Schema, Versions } from "./types";

/** An answer that could not be had: the problem+json of the server, or no answer at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail = "",
    readonly hint = "",
  ) {
    super(title);
  }

  /** Whether the server could not be reached, rather than having refused. */
  get isUnreachable(): boolean {
    return this.status === 0;
  }
}

type Query = Record<string, string | number | undefined>;

/** What narrows a layer down, as the API names it. */
export interface Selection {
  lang: Lang;
  bbox?: string | undefined;
  q?: string | undefined;
  sortby?: string | undefined;
}

/** As many features as one page of the API holds. */
export const MOST_ROWS = 10_000;

/** The two times that features are asked at. */
let moment: { datetime?: string; "as-of"?: string } = {};

/** From now on features are asked as of this moment. */
export function askAt(asked: typeof moment): void {
  moment = asked;
}

let reached: (ok: boolean) => void = () => undefined;

/** Calls `listener` after every request with whether the server answered. */
export function onReach(listener: (ok: boolean) => void): void {
  reached = listener;
}

let waited: (by: number) => void = () => undefined;

/** Calls `listener` with 1 when something that a person may wait for was asked, and with −1 when it came or did not. */
export function onWait(listener: (by: number) => void): void {
  waited = listener;
}

function address(path: string, query: Query): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) asked.set(name, String(value));
  }
  return asked.size ? `${path}?${asked}` : path;
}

async function problem(answer: Response): Promise<ApiError> {
  const body: unknown = await answer.json().catch(() => ({}));
  const said = body && typeof body === "object" ? (body as Record<string, unknown>) : {};
  const text = (key: string) => (typeof said[key] === "string" ? said[key] : "");
  return new ApiError(answer.status, text("title"), text("detail"), text("hint"));
}

interface Asking {
  signal?: AbortSignal | undefined;
  /** Whether nobody waits for it. */
  quiet?: boolean;
}

/** What `read` makes of an answer that came whole; one that breaks off is as one that never came. */
async function ask<T>(asked: string, read: (answer: Response) => Promise<T>, { signal, quiet }: Asking = {}): Promise<T> {
  const by = quiet ? 0 : 1;
  waited(by);
  try {
    const answer = await fetch(asked, {
      headers: { Accept: "application/geo+json, application/json" },
      signal: signal ?? null,
    });
    reached(true);
    if (!answer.ok) throw await problem(answer);
    return await read(answer);
  } catch (fault) {
    if (signal?.aborted || fault instanceof ApiError) throw fault;
    reached(false);
    throw new ApiError(0, "");
  } finally {
    waited(-by);
  }
}

const get = <T>(path: string, query: Query = {}, asking?: Asking) =>
  ask(address(path, query), (answer) => answer.json() as Promise<T>, asking);

const item = (layer: string, id: string) =>
  `/api/collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(id)}`;

export const api = {
  /** Asked again and again, and nobody waits for it: the map says when it has come. */
  legend: (lang: Lang, theme: Theme | "print") => get<Legend>("/api/legend", { lang, theme, ...moment }, { quiet: true }),
  style: async (theme: Theme | "print") => {
    const style = await get<StyleSpecification>(`/api/styles/${theme}`);
    delete style.sprite; // for maps that are not ours: this one draws its images itself
    return style;
  },
  plan: (lang: Lang, only: Query = {}) => get<Plan>("/api/plan", { lang, ...only }),
  initiative: (code: string, lang: Lang) =>
    get<Initiative>(`/api/plan/${encodeURIComponent(code)}`, { lang }),
  indicators: (lang: Lang) => get<Indicators>("/api/indicators", { lang }),
  indicator: (id: string, of: string, lang: Lang) => get<Indicator>(`/api/indicators/${id}`, { of, lang }),
  charts: (lang: Lang) => get<Charts>("/api/charts", { lang }),
  chart: (id: string, by: string | undefined, lang: Lang) => get<Chart>(`/api/charts/${id}`, { by, lang }),
  search: (q: string, lang: Lang, signal?: AbortSignal) =>
    get<Answer>("/api/search", { q, lang, limit: 10 }, { signal }),
  schema: (layer: string, lang: Lang) =>
    get<Schema>(`/api/collections/${encodeURIComponent(layer)}/schema`, { lang }),
  /** One feature as it stands at the moment; between two days, whether it was in force on either or not. */
  feature: (layer: string, id: string, lang: Lang, isCompared: boolean) =>
    get<Feature>(item(layer, id), { lang, ...moment, ...(isCompared ? { datetime: undefined } : {}) }),
  features: (layer: string, lang: Lang, limit: number, only: { bbox?: string | undefined; invented?: "false"; profile?: "val-as-title"; properties?: string }) =>
    get<FeaturePage>(`/api/collections/${encodeURIComponent(layer)}/items`, { lang, limit, ...only, ...moment }),
  /** Rows of a table, without shapes. */
  rows: (layer: string, asked: Selection, limit: number, signal?: AbortSignal) =>
    get<FeaturePage>(
      `/api/collections/${encodeURIComponent(layer)}/items`,
      { ...asked, ...moment, limit, "skip-geometry": "true" },
      { signal },
    ),
  /** How well a layer is known: two columns of it. */
  quality: (layer: string, lang: Lang) =>
    get<FeaturePage>(`/api/collections/${encodeURIComponent(layer)}/items`, {
      lang,
      ...moment,
      limit: MOST_ROWS,
      "skip-geometry": "true",
      properties: "horizontal_accuracy_m,capture_method,source_date",
    }),
  /** A file of a layer, or of what a selection leaves of it. */
  fileAddress: (layer: string, format: string, asked: Selection & { profile?: string | undefined }) =>
    address(`/api/collections/${encodeURIComponent(layer)}/export`, { f: format, ...asked, ...moment }),
  /** A file, as `read` takes it in. */
  file: <T>(asked: string, read: (answer: Response) => Promise<T>, signal: AbortSignal) => ask(asked, read, { signal }),
  /** What stands at a point: the corner, and what it lies in. */
  place: ([lon, lat]: LonLat, lang: Lang) => get<Place>("/api/places", { lat, lon, lang }),
  /** What of a layer differs between what was in force on two days. */
  diff: (layer: string, from: string, to: string, lang: Lang) =>
    get<Differences>(`/api/collections/${encodeURIComponent(layer)}/diff`, {
      lang,
      from,
      to,
      axis: "valid",
      limit: 200,
      "as-of": moment["as-of"],
    }),
  /** All versions of a feature, the newest first or last as the API has them. */
  versions: (layer: string, id: string, lang: Lang) => get<Versions>(`${item(layer, id)}/versions`, { lang }),
  version: (layer: string, id: string, asOf: string, lang: Lang) =>
    get<Feature>(item(layer, id), { lang, "as-of": asOf }),
  /** Where people read the record itself. */
  featureAddress: (layer: string, id: string, lang: Lang) => address(item(layer, id), { lang, f: "json" }),
};

/** Whether the server sends its page. */
export const isThere = () =>
  fetch("/", { method: "HEAD", cache: "no-store" }).then(
    (answer) => answer.ok,
    () => false,
  );

/** All that says where to go, for a page of its own. */
export const wayOut = <T>() => get<T>("/adonde-voy/package.json");
