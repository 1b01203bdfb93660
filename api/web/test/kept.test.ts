/** What «¿Adónde voy?» keeps on a telephone, and answers with: its service worker, run beside a drawn network and storage. */

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Handler = (event: object) => void;
const ORIGIN = "https://map.example";
const PAGE = "/adonde-voy";
const PACKAGE = "/adonde-voy/package.json";
const html = (hash: string) => `<link href="/assets/adonde-voy-${hash}.css"><script src="/assets/adonde-voy-${hash}.js"></script>`;
const pathOf = (key: string | Request) => new URL(typeof key === "string" ? key : key.url, ORIGIN).pathname;

/** What the server would say, a path a key; a path that is not here does not answer. */
let network: Map<string, () => Promise<Response>>;
let store: Map<string, Response>;
let isFull: boolean;
let isPrivate: boolean;
let told: unknown[];
let handlers: Map<string, Handler>;

function served(path: string, body: string, tag = body): void {
  network.set(path, () => Promise.resolve(new Response(body, { headers: { ETag: tag } })));
}

function publish(hash: string, data: string): void {
  network.clear();
  served(PAGE, html(hash));
  served(PACKAGE, data);
  for (const path of ["/adonde-voy.svg", `/assets/adonde-voy-${hash}.css`, `/assets/adonde-voy-${hash}.js`]) served(path, path);
}

const fetched = (key: string | Request) => network.get(pathOf(key))?.() ?? Promise.reject(new TypeError("no network"));

const cache = {
  match: (key: string | Request) => Promise.resolve(store.get(pathOf(key))?.clone()),
  keys: () => Promise.resolve([...store.keys()].map((path) => ({ url: ORIGIN + path }))),
  delete: (key: { url: string }) => Promise.resolve(store.delete(pathOf(key.url))),
  put: async (key: string, answer: Response) => {
    const body = await answer.arrayBuffer();
    if (isFull) throw new DOMException("no room", "QuotaExceededError");
    store.set(pathOf(key), new Response(body, { headers: answer.headers }));
  },
  addAll: async (keys: string[]) => {
    const came = await Promise.all(keys.map(async (key) => [key, await fetched(key)] as const));
    if (came.some(([, answer]) => !answer.ok)) throw new TypeError("not all came");
    for (const [key, answer] of came) await cache.put(key, answer);
  },
};

/** Hands an event to the worker: what it answers, and when all that it began is done. */
function happens(name: string, path = "/"): { answer: Promise<Response>; done: Promise<unknown> } {
  let answer: Promise<Response> = Promise.reject(new Error("left to the network"));
  answer.catch(() => undefined);
  let done: Promise<unknown> = Promise.resolve();
  handlers.get(name)?.({
    request: new Request(ORIGIN + path),
    clientId: "one",
    respondWith: (given: Promise<Response>) => (answer = given),
    waitUntil: (given: Promise<unknown>) => (done = given),
  });
  done.catch(() => undefined);
  return { answer, done };
}

beforeEach(() => {
  vi.useFakeTimers();
  [network, store, handlers, told] = [new Map(), new Map(), new Map(), []];
  isFull = isPrivate = false;
  const self = {
    location: { origin: ORIGIN },
    fetch: fetched,
    caches: { open: () => (isPrivate ? Promise.reject(new DOMException("private", "SecurityError")) : Promise.resolve(cache)), keys: () => Promise.resolve([]) },
    clients: { claim: () => undefined, get: () => Promise.resolve({ postMessage: (word: unknown) => told.push(word) }) },
    skipWaiting: () => undefined,
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
  };
  new Function("self", readFileSync(new URL("../public/adonde-voy-sw.js", import.meta.url), "utf8"))(self);
});

afterEach(() => vi.useRealTimers());

async function kept(): Promise<void> {
  publish("a", "first");
  await happens("install").done;
}

const said = async (path: string) => (await happens("fetch", path).answer).text();

test("all of it is kept, or nothing", async () => {
  publish("a", "first");
  network.delete("/assets/adonde-voy-a.js");
  await expect(happens("install").done).rejects.toThrow("no network");
  expect(store.size).toBe(0);
  await kept();
  expect([...store.keys()].sort()).toEqual([PAGE, PACKAGE, "/adonde-voy.svg", "/assets/adonde-voy-a.css", "/assets/adonde-voy-a.js"].sort());
});

test("without a network, or with a server in trouble, what is kept answers", async () => {
  await kept();
  network.clear();
  expect(await said(`${PAGE}?hazard=flood`)).toBe(html("a"));
  expect(await said(PACKAGE)).toBe("first");
  expect(await said("/assets/adonde-voy-a.js")).toBe("/assets/adonde-voy-a.js");
  network.set(PACKAGE, () => Promise.resolve(new Response("trouble", { status: 503 })));
  expect(await said(PACKAGE)).toBe("first");
});

test("a network that hardly moves is waited for four seconds; what comes late is kept and told once", async () => {
  await kept();
  let come = (): void => undefined;
  network.set(PACKAGE, () => new Promise((done) => (come = () => done(new Response("second", { headers: { ETag: "second" } })))));
  const late = happens("fetch", PACKAGE);
  let answered = false;
  void late.answer.then(() => (answered = true));
  await vi.advanceTimersByTimeAsync(3900);
  expect(answered).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(await (await late.answer).text()).toBe("first");
  come();
  await late.done;
  expect(told).toEqual(["newer"]);
  network.clear();
  expect(await said(PACKAGE)).toBe("second");
  // the page then asks again, as slowly: nothing newer, nothing told, or they would go on for ever
  network.set(PACKAGE, () => new Promise((done) => setTimeout(() => done(new Response("second", { headers: { ETag: "second" } })), 9000)));
  const again = happens("fetch", PACKAGE);
  await vi.advanceTimersByTimeAsync(9000);
  expect(await (await again.answer).text()).toBe("second");
  await again.done;
  expect(told).toEqual(["newer"]);
});

test("where nothing is kept yet, a slow network is waited for", async () => {
  network.set(PAGE, () => new Promise((done) => setTimeout(() => done(new Response("late")), 20_000)));
  const slow = happens("fetch", PAGE);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await (await slow.answer).text()).toBe("late");
});

test("a download that breaks off is none: what was kept stays", async () => {
  await kept();
  const broken = () => new ReadableStream({ start: (it) => (it.enqueue(new TextEncoder().encode("hal")), it.error(new TypeError("broken off"))) });
  network.set(PACKAGE, () => Promise.resolve(new Response(broken(), { headers: { ETag: "half" } })));
  expect(await said(PACKAGE)).toBe("first");
  network.clear();
  expect(await said(PACKAGE)).toBe("first");
});

test("without room, or where nothing may be kept, what the network brings is shown", async () => {
  await kept();
  publish("b", "second");
  isFull = true;
  expect(await said(PACKAGE)).toBe("second");
  expect(await said(PAGE)).toBe(html("b"));
  network.clear();
  expect(await said(PAGE), "what was kept is whole").toBe(html("a"));
  publish("b", "second");
  isPrivate = true;
  expect(await said(PACKAGE)).toBe("second");
  expect(await said("/assets/adonde-voy-b.js")).toBe("/assets/adonde-voy-b.js");
});

test("a page that was built anew is kept with its files, and the old ones go", async () => {
  await kept();
  publish("b", "second");
  const visit = happens("fetch", PAGE);
  expect(await (await visit.answer).text()).toBe(html("b"));
  await visit.done;
  network.clear();
  expect(await said(PAGE)).toBe(html("b"));
  expect(await said(PACKAGE)).toBe("second");
  expect([...store.keys()].filter((path) => path.includes("-a."))).toEqual([]);
});

test("what has no mark of its version is kept each time, and told of to nobody", async () => {
  await kept();
  network.set(PACKAGE, () => Promise.resolve(new Response("second")));
  expect(await said(PACKAGE)).toBe("second");
  await happens("fetch", PACKAGE).done;
  network.set(PACKAGE, () => Promise.resolve(new Response("third")));
  await happens("fetch", PACKAGE).done;
  network.clear();
  expect(await said(PACKAGE)).toBe("third");
  expect(told).toEqual([]);
});

test("whatever else is asked for goes its way", async () => {
  await kept();
  for (const path of ["/", "/api/search?q=a", "/adonde-voy-sw.js"]) await expect(happens("fetch", path).answer).rejects.toThrow("left to the network");
});
