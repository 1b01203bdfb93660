/* Keeps one page for when there is no network: «¿Adónde voy?», its files and its package.
   Its scope is that page alone; whatever else is asked for goes its way untouched. */

const KEPT = "adonde-voy-1";
const PAGE = "/adonde-voy";
const PACKAGE = "/adonde-voy/package.json";
/** A network that is slower than this is not waited for: what is kept answers. */
const PATIENCE_MS = 4000;

const isFile = (path) => path.startsWith("/assets/") || path.startsWith("/adonde-voy.") || path === "/icon.svg";

/** What is kept under a key; nothing where a telephone keeps nothing. */
const keptOf = (key) =>
  self.caches
    .open(KEPT)
    .then((kept) => kept.match(key))
    .catch(() => undefined);

/** The page as it is now, with every file that it names and the package: all or nothing. */
async function keepPage() {
  const page = await self.fetch(PAGE, { cache: "no-cache" });
  if (!page.ok) throw new Error(String(page.status));
  const text = await page.clone().text();
  if ((await (await keptOf(PAGE))?.text()) === text) return;
  const files = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map((found) => found[1]).filter(isFile);
  const named = ["/adonde-voy.svg", PACKAGE, ...files];
  const kept = await self.caches.open(KEPT);
  await kept.addAll([...new Set(named)]);
  await kept.put(PAGE, page);
  const old = (await kept.keys()).filter(({ url }) => ![...named, PAGE].includes(new URL(url).pathname));
  await Promise.all(old.map((one) => kept.delete(one)));
}

self.addEventListener("install", (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("adonde-voy-") && name !== KEPT);
  event.waitUntil(
    self.caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => self.caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** A whole answer of the server: one that breaks off is none. */
async function bring(request) {
  const answer = await self.fetch(request);
  if (answer.status >= 500) throw new Error(String(answer.status));
  return new Response(await answer.arrayBuffer(), answer);
}

/** Keeps what came, and tells whether it is new. */
async function keep(key, answer) {
  if (!answer.ok) return false;
  if (key === PAGE) return keepPage().then(() => false);
  const tag = answer.headers.get("ETag"); // which somebody between may have taken off
  if (tag && (await keptOf(key))?.headers.get("ETag") === tag) return false;
  await (await self.caches.open(KEPT)).put(key, answer);
  return Boolean(tag);
}

/** From the network; from what is kept where that does not answer, or not soon. What comes late is kept, and told. */
function freshFirst(event, key) {
  let isLate = false;
  const fresh = bring(event.request);
  // a telephone without room for what came still shows it
  const isNew = fresh.then((answer) => keep(key, answer.clone())).catch(() => false);
  event.waitUntil(
    isNew.then(async (isNewer) => {
      if (isLate && isNewer) (await self.clients.get(event.clientId))?.postMessage("newer");
    }),
  );
  const slow = new Promise((done) => setTimeout(done, PATIENCE_MS))
    .then(() => keptOf(key))
    .then((kept) => {
      isLate = Boolean(kept);
      return kept ?? fresh;
    });
  return Promise.race([fresh, slow]).catch(async () => (await keptOf(key)) ?? Response.error());
}

/** A file whose name tells its content never changes. */
const keptFirst = async (request) => (await keptOf(request.url)) ?? self.fetch(request);

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === PAGE) event.respondWith(freshFirst(event, PAGE));
  else if (pathname === PACKAGE) event.respondWith(freshFirst(event, PACKAGE));
  else if (isFile(pathname)) event.respondWith(keptFirst(event.request));
});
