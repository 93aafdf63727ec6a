// What has to hold on every page, whatever is open on it.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** A rule that axe-core checks only if it is asked to: https://www.w3.org/TR/WCAG22/#target-size-minimum */
const TARGET_SIZE = 'target-size';

/** Expects no violation that axe-core knows, in the whole page or in a part of it. It runs in the page, which needs scripts. */
export async function isAccessible(page: Page, part = 'html'): Promise<void> {
  const rules = { [TARGET_SIZE]: { enabled: true } };
  await expectNone(new AxeBuilder({ page }).include(part).options({ rules }), page);
}

/** Expects that everything that can be pressed is large enough, or far enough from all else. */
export async function hasLargeTargets(page: Page): Promise<void> {
  await expectNone(new AxeBuilder({ page }).withRules(TARGET_SIZE), page);
}

async function expectNone(axe: AxeBuilder, page: Page): Promise<void> {
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), page.url()).toEqual([]);
}

/** Expects that nothing is wider than the window, and that a desk is no longer than it either. */
export async function fitsWindow(page: Page): Promise<void> {
  const scrolls = () => page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    const isDesk = document.querySelector('.desk') !== null && document.documentElement.dataset.app === 'runs';
    return { sideways: scrollWidth > clientWidth, desk: isDesk && scrollHeight > clientHeight };
  });
  // What scripts measure follows a new size of the window one frame later.
  await expect.poll(scrolls, page.url()).toEqual({ sideways: false, desk: false });
}

/** Looks out for words on a page from now on. Answers a function that answers which of them it has shown, however briefly. */
export async function lookOutFor(page: Page, words: RegExp): Promise<() => Promise<string[]>> {
  const shown = await page.evaluateHandle((words) => {
    const shown = new Set<string>();
    const look = () => {
      const [found] = words.exec(document.body.innerText) ?? [];
      if (found) shown.add(found);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    return shown;
  }, words);
  return () => shown.evaluate((shown) => [...shown]);
}
