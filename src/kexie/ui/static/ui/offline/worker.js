// Keeps the page and files of an application that works offline, and nothing else: its data never pass through here.
// NAME, VERSION and FILES stand above: kexie.ui.offline.
self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(`${NAME}-${VERSION}`);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith(`${NAME}-`) && !name.endsWith(VERSION)) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || url.pathname.includes("/api/")) return;
  event.respondWith(event.request.mode === "navigate" ? page(event.request) : file(event.request));
});

// The page from the network if that answers soon, so that an update arrives; else the one that is kept.
async function page(request) {
  const cache = await caches.open(`${NAME}-${VERSION}`);
  const fetched = fetch(request, { signal: AbortSignal.timeout ? AbortSignal.timeout(4000) : undefined }).then((answer) => (answer.ok ? answer : null), () => null);
  return (await fetched) ?? (await cache.match(FILES[0])) ?? Response.error();
}

async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  return kept ?? fetch(request);
}
