// Stands before everything else in the document, and knows how the app is: data-app is "starting", "runs", "late" where
// it has not come up, or "died" where it broke off. Forms work as plain forms until it runs, and after it died.
(() => {
  const html = document.documentElement;
  html.dataset.app = 'starting';
  const listen = (type, hear) => addEventListener(type, hear, true);

  // What nobody may replace: a pointer or key that is down, a composition, a form on its way.
  const held = new Map();
  const show = () => html.toggleAttribute('data-held', held.size > 0);
  const hold = (what) => { clearTimeout(held.get(what)); held.set(what, 0); show(); };
  const free = (what, ms) => {
    if (held.has(what)) held.set(what, setTimeout(() => { held.delete(what); show(); }, ms));
  };
  // A click follows its pointer, and a phone's a little later.
  listen('pointerdown', () => hold('pointer'));
  listen('pointerup', () => free('pointer', 50));
  listen('pointercancel', () => free('pointer', 50));
  listen('keydown', () => hold('key'));
  listen('keyup', () => free('key', 50));
  listen('compositionstart', () => hold('composition'));
  listen('compositionend', () => free('composition', 50));
  listen('submit', () => { hold('form'); free('form', 5000); });
  listen('blur', (event) => { if (event.target === window) { held.clear(); show(); } });

  const isOver = () => html.dataset.app === 'died';
  const tell = (state) => {
    if (isOver()) return;
    html.dataset.app = state;
    // Buttons that only scripts can press, or whose forms only scripts can send. A page that comes alive later brings its own.
    for (const button of document.querySelectorAll('button[type=button], form:not([method]) button')) button.disabled = true;
    // Beside a modal dialog nothing else could be pressed; what was typed in it can still be read.
    if (isOver()) for (const dialog of document.querySelectorAll('dialog[open]')) { dialog.close(); dialog.show(); }
  };
  const dies = (error) => {
    const wasm = self.WebAssembly;
    if (!wasm || [wasm.RuntimeError, wasm.CompileError, wasm.LinkError].some((kind) => error instanceof kind)) tell('died');
  };
  listen('error', (event) => dies(event.error));
  listen('unhandledrejection', (event) => dies(event.reason));
  listen('appfailed', () => tell('died'));
  setTimeout(() => { if (html.dataset.app === 'starting') tell('late'); }, 8000);

  // A link to the same address would lose what stands behind its #.
  listen('click', (event) => {
    if (!event.target.closest?.('[data-reload]')) return;
    event.preventDefault();
    location.reload();
  });

  // What a dead app still listens to it would swallow.
  for (const type of ['submit', 'click', 'input', 'change', 'keydown', 'close']) {
    listen(type, (event) => {
      if (!isOver()) return;
      event.stopImmediatePropagation();
      // A form that only scripts can send would load the page again.
      if (type === 'submit' && !event.target.hasAttribute('method')) event.preventDefault();
    });
  }
})();
