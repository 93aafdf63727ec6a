// The service worker: when the network has no answer for the viewers' page of a session, this shows a page that is the
// same for every session. That page is part of this script, so nothing is ever put into a cache, and a build with another
// page has another worker, which replaces this one at once.
//
// `service_worker` in `mod.rs` puts the constants before it: PAGE, POLICY, and LETTERS and LENGTH of a session's code.

// A network that has not answered by then is as good as none: on a train, it often answers nothing for minutes.
const DEADLINE_MS = 10000;

addEventListener('install', (event) => {
  skipWaiting();
  // Only documents concern this worker. A browser that knows routes doesn't even start it for anything else, so a press
  // waits for no worker.
  const others = { condition: { not: { requestMode: 'navigate' } }, source: 'network' };
  event.waitUntil(Promise.resolve(event.addRoutes?.(others)).catch(() => {}));
});

addEventListener('fetch', (event) => {
  if (isViewersPage(event.request)) event.respondWith(answer(event.request));
});

// Exactly `GET /s/CODE`. Of the address only the path is read: the network gets the query, and the fragment stays in the
// browser. Everything else, the staff's pages first of all, never gets anything from here.
function isViewersPage({ method, mode, url }) {
  const [, folder, code = '', ...below] = new URL(url).pathname.split('/');
  const isCode = code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter));
  return method === 'GET' && mode === 'navigate' && folder === 's' && isCode && below.length === 0;
}

// Whatever the server answers is the answer, errors too.
async function answer(request) {
  let timer;
  const late = new Promise((_, reject) => {
    // What is reloaded stays on the screen until the answer is there, so that one may take its time.
    if (!request.isReloadNavigation) timer = setTimeout(reject, DEADLINE_MS);
  });
  try {
    return await Promise.race([fetch(request), late]);
  } catch {
    return new Response(PAGE, {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': POLICY,
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      },
    });
  } finally {
    clearTimeout(timer);
  }
}
