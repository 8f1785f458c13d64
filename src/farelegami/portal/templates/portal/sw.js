// Keeps the shell of the family's pages, and answers without a line with a page that says so.
// No page with anybody's data is ever kept.
"use strict";
const NAME = "mio-{{ mark }}";
const KEPT = {{ kept|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match(KEPT[0])));
    return;
  }
  const path = new URL(event.request.url).pathname;
  if (KEPT.includes(path)) {
    event.respondWith(caches.match(path).then((kept) => kept || fetch(event.request)));
  }
});
