/* Keeps one page for when there is no network: «¿Adónde voy?», its files and its package.
   Its scope is that page alone; whatever else is asked for goes its way untouched. */

const KEPT = "adonde-voy-1";
const PAGE = "/adonde-voy";
const PACKAGE = "/adonde-voy/package.json";

const isFile = (path) => path.startsWith("/assets/") || path.startsWith("/adonde-voy.") || path === "/icon.svg";

/** The page as it is now, with every file that it names: all or nothing. */
async function keepPage() {
  const answer = await self.fetch(PAGE, { cache: "no-cache" });
  if (!answer.ok) throw new Error(String(answer.status));
  const text = await answer.clone().text();
  const files = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map((found) => found[1]).filter(isFile);
  const kept = await self.caches.open(KEPT);
  await kept.addAll(["/adonde-voy.svg", PACKAGE, ...new Set(files)]);
  await kept.put(PAGE, answer);
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

/** From the network, and kept; from what is kept where the network does not answer. */
async function freshFirst(request, key) {
  const kept = await self.caches.open(KEPT);
  try {
    const answer = await self.fetch(request);
    if (answer.ok) {
      if (key === PAGE) await keepPage().catch(() => undefined);
      else await kept.put(key, answer.clone());
    }
    if (answer.status < 500) return answer;
  } catch {
    // what is kept answers
  }
  return (await kept.match(key)) ?? Response.error();
}

/** A file whose name tells its content never changes. */
async function keptFirst(request) {
  const kept = await self.caches.open(KEPT);
  return (await kept.match(request.url)) ?? self.fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === PAGE) event.respondWith(freshFirst(event.request, PAGE));
  else if (pathname === PACKAGE) event.respondWith(freshFirst(event.request, PACKAGE));
  else if (isFile(pathname)) event.respondWith(keptFirst(event.request));
});
