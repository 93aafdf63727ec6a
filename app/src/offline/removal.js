// Served instead of the service worker where the operator wants none: it replaces the one that a browser has, and removes
// itself.
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(registration.unregister()));
