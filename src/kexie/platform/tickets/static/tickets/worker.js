// Keeps the page of kept tickets and its files. Nothing of a person passes through here.
const NAME = `kexie-tickets-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("kexie-tickets-") && name !== NAME) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(request.mode === "navigate" ? page(request) : kept(request).then((found) => found ?? fetch(request)));
});

async function kept(request) {
  return (await caches.open(NAME)).match(request, { ignoreVary: true, ignoreSearch: request.mode === "navigate" });
}

async function page(request) {
  return (await fetch(request).catch(() => null)) ?? (await kept(FILES[0])) ?? Response.error();
}
