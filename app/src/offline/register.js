// Registers the service worker a while after the app has started: nothing that the page needs waits for it. Without
// service workers (plain HTTP, an old browser), or where the browser forbids them, the page is what it was.
(() => {
  const html = document.documentElement;
  const DELAY_MS = 3000;
  const register = async () => navigator.serviceWorker?.register('/service-worker.js', { scope: '/s/' });
  const observer = new MutationObserver(() => {
    if (html.dataset.app !== 'runs') return;
    observer.disconnect();
    setTimeout(() => register().catch(() => {}), DELAY_MS);
  });
  observer.observe(html, { attributeFilter: ['data-app'] });
})();
