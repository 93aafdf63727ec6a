// Foreign nodes: what extensions, translators and phones put into pages that aren't theirs. A seed gives one run of it, so
// that what fails once fails again.
import type { Page } from '@playwright/test';

/** Changes the page all the time, from before its first element on, to its end. */
export async function disturb(page: Page, seed: number): Promise<void> {
  await page.addInitScript((seed) => {
    // Mulberry32: small, and good enough to choose by.
    let state = seed;
    const random = () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const any = <T>(from: ArrayLike<T>): T | undefined => from[Math.floor(random() * from.length)];
    const foreign = (name: string) => {
      const node = document.createElement(name);
      node.dataset.foreign = '';
      return node;
    };
    // As many as a page has that nobody reloads for hours: more would only slow the browser down.
    const isFull = () => document.querySelectorAll('[data-foreign]').length > 150;
    const changes = {
      // A password manager's button beside a field, a blocker's marker, a grammar checker's overlay.
      insert() {
        const place = any(document.body.querySelectorAll('*'));
        if (!place?.parentNode || place.closest('svg') || isFull()) return;
        const node = foreign(any(['div', 'span', 'x-overlay']) ?? 'div');
        if (random() < 0.5) place.before(node);
        else place.after(node);
      },
      insertText() {
        const place = any(document.body.querySelectorAll('*'));
        if (place?.parentNode && !isFull()) place.before(document.createTextNode(''));
      },
      // A translator replaces a text by its own elements; a phone makes a link of digits.
      replaceText() {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const texts: Text[] = [];
        while (walker.nextNode()) texts.push(walker.currentNode as Text);
        const text = any(texts.filter((text) => text.data.trim() && !text.parentElement?.closest('script, style, font font')));
        if (!text || isFull()) return;
        const node = foreign(random() < 0.5 ? 'font' : 'a');
        node.textContent = text.data;
        text.replaceWith(node);
      },
      wrapText() {
        const place = any(document.body.querySelectorAll('span, p, h1, h2, label, dd'));
        const text = place?.firstChild;
        if (text?.nodeType !== Node.TEXT_NODE || isFull()) return;
        const node = foreign('font');
        text.before(node);
        node.append(text);
      },
      wrapField() {
        const field = any(document.body.querySelectorAll('input'));
        if (!field || field === document.activeElement || isFull()) return;
        const node = foreign('span');
        field.before(node);
        node.append(field);
      },
      move() {
        const [node, place] = [any(document.querySelectorAll('[data-foreign]:empty')), any(document.body.querySelectorAll('*'))];
        if (node && place && !node.contains(place)) place.after(node);
      },
      remove() {
        any(document.querySelectorAll('[data-foreign]:empty'))?.remove();
      },
    };
    // A button that is moved between pointer down and up takes no click, on any page. What takes no room may still change.
    let isPressed = false;
    addEventListener('pointerdown', () => (isPressed = true), true);
    addEventListener('pointerup', () => setTimeout(() => (isPressed = false)), true);
    const still = [changes.insertText, changes.replaceText, changes.wrapText];
    const disturb = () => {
      if (!document.body) return;
      for (let n = 0; n < 3; n += 1) any(isPressed ? still : Object.values(changes))?.();
    };
    new MutationObserver(() => {
      if (random() < 0.2) queueMicrotask(disturb);
    }).observe(document, { childList: true, subtree: true });
    setInterval(disturb, 20 + random() * 60);
  }, seed);
}

/** Replaces every text by elements of its own, as translators do. */
export async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) {
      if (!text.data.trim()) continue;
      const outer = document.createElement('font');
      const inner = document.createElement('font');
      inner.textContent = text.data;
      outer.append(inner);
      text.replaceWith(outer);
    }
  });
}
