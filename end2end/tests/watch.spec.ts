// The moderators' list in a long session: it draws what is near the window, and keeps still under its reader.
import type { BrowserContextOptions, Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, download, mintModeratorLink, openSession, openTab, pressMany, rows, startAgo } from '../support/actions';
import { sendPress } from '../support/presses';

type Person = (options?: BrowserContextOptions) => Promise<Page>;

/** The list scrolls in a box of its own, in every window. */
const windows = {
  'in a wide window': { viewport: { width: 1280, height: 860 } },
  'on a phone': { viewport: { width: 390, height: 844 } },
};

/** Opens a session that has these presses, and the moderators' page beside it. */
async function watch(person: Person, presses: number, options: BrowserContextOptions = {}): Promise<{ viewer: Page; moderator: Page }> {
  const streamer = await person();
  const code = await openSession(streamer, 'Long', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  const link = await mintModeratorLink(streamer, 'Anna');
  await pressMany(viewer, code, presses);
  const moderator = await person(options);
  await moderator.goto(link);
  await expect(moderator.getByRole('searchbox').first()).toBeVisible();
  return { viewer, moderator };
}

const note = (page: Page, n: number) => page.getByText(`note ${n}`, { exact: true });
const code = (page: Page) => /\/s\/([0-9A-Z]{6})/.exec(page.url())?.[1] ?? '';
const list = (page: Page) => page.locator('.moderation-list__rows');
/** How far the list is scrolled, whatever scrolls it. */
const y = (page: Page) => list(page).evaluate((list) => list.scrollTop + window.scrollY);

/** Scrolls the list to its start or its end, whatever scrolls it. */
async function scrollTo(page: Page, place: 'start' | 'end'): Promise<void> {
  await list(page).evaluate((list, place) => {
    for (const box of [list, document.documentElement]) box.scrollTop = place === 'start' ? 0 : box.scrollHeight;
  }, place);
}

/** Turns the wheel over the list, upwards by so many pixels. */
async function wheelUp(page: Page, pixels: number): Promise<void> {
  const box = (await list(page).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, 400);
  await page.mouse.wheel(0, -pixels);
}

/** How many lines the CSV of what is visible has, its header included. */
async function lines(page: Page): Promise<number> {
  return (await download(page, 'CSV')).body.trim().split('\n').length;
}

/** Where a note stands in the window. */
async function top(page: Page, n: number): Promise<number> {
  return (await note(page, n).boundingBox())?.y ?? NaN;
}

/** A measure of a page, once it stays the same. */
async function settled(measure: () => Promise<number>): Promise<number> {
  let last = NaN;
  await expect(async () => {
    const before = last;
    last = await measure();
    expect(last).not.toBeNaN();
    expect(last).toBe(before);
  }).toPass({ intervals: [300] });
  return last;
}

for (const [where, window] of Object.entries(windows)) {
  test.describe(where, () => {
    test('a long list draws few rows, and follows the newest', async ({ person }) => {
      const { viewer, moderator } = await watch(person, 450, window);
      await expect(note(moderator, 450)).toBeInViewport();
      await expect(moderator.getByText('the newest 200 rows')).toBeVisible();
      expect(await rows(moderator).count()).toBeLessThan(80);

      await pressMany(viewer, code(viewer), 150, 451);
      await expect(note(moderator, 600)).toBeInViewport();
      expect(await rows(moderator).count()).toBeLessThan(80);
      await expect(moderator.locator('.moderation-list').getByText(/^\d+ new$/)).toBeHidden();

      // Upwards, page by page, to the first press; never more than a few rows are drawn.
      let most = 0;
      await expect(async () => {
        await scrollTo(moderator, 'start');
        most = Math.max(most, await rows(moderator).count());
        await expect(note(moderator, 1)).toHaveCount(1, { timeout: 1_000 });
      }).toPass();
      expect(most).toBeLessThan(80);
      await note(moderator, 1).scrollIntoViewIfNeeded();
      await expect(note(moderator, 1)).toBeInViewport();
      await expect(moderator.getByText('600 rows', { exact: true })).toBeVisible();
      await expect(rows(moderator).first()).toHaveAttribute('aria-setsize', '600');
      await expect(rows(moderator).first()).toHaveAttribute('aria-posinset', '1');
    });

    test('who reads further up is told how many are new, and is not moved', async ({ person }) => {
      const { viewer, moderator } = await watch(person, 120, window);
      await expect(note(moderator, 120)).toBeInViewport();
      await wheelUp(moderator, 1_500);
      await expect(note(moderator, 120)).not.toBeInViewport();
      const before = await settled(() => y(moderator));
      await pressMany(viewer, code(viewer), 12, 121);
      const pill = moderator.getByRole('button', { name: '12 new' });
      await expect(pill).toBeInViewport({ ratio: 1 });
      expect(await y(moderator)).toBe(before);

      await pill.click();
      await expect(note(moderator, 132)).toBeInViewport();
      await expect(pill).toBeHidden();
    });

    test('older rows come in above without moving what is read', async ({ person }) => {
      const { moderator } = await watch(person, 450, window);
      await expect(note(moderator, 450)).toBeInViewport();
      await expect(note(moderator, 240)).toHaveCount(0);
      await moderator.getByRole('button', { name: 'Show older ones' }).evaluate((button) => button.scrollIntoView());
      await expect(note(moderator, 251)).toBeInViewport();
      // Coming near asks by itself.
      await expect(moderator.getByText('the newest 400 rows')).toBeVisible();
      const before = await settled(() => top(moderator, 251));
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThan(window.viewport.height);
    });
  });
}

test('the newest of a few rows stay in sight beside a column that is longer than the window', async ({ person }) => {
  const { viewer, moderator } = await watch(person, 3, { viewport: { width: 1280, height: 860 } });
  const side = moderator.locator('.desk-side__panels');
  // As long as a full log is.
  await (await openTab(moderator, 'Log')).evaluate((log) => log.style.setProperty('min-height', '2000px'));
  for (let n = 4; n < 7; n += 1) {
    await pressMany(viewer, code(viewer), 1, n);
    await expect(note(moderator, n)).toBeInViewport({ ratio: 1 });
    await expect(note(moderator, 1)).toBeInViewport({ ratio: 1 });
  }
  expect(await moderator.evaluate(() => document.documentElement.scrollTop)).toBe(0);
  // The other column can be read to its end, and moves nothing in the list.
  const before = await top(moderator, 6);
  await side.hover();
  await moderator.mouse.wheel(0, 5_000);
  await expect.poll(() => side.evaluate((side) => Math.round(side.scrollHeight - side.clientHeight - side.scrollTop))).toBe(0);
  expect(await top(moderator, 6)).toBe(before);
});

test('the keys that scroll reach the list in its box, also while nothing has the focus', async ({ person }) => {
  const { moderator } = await watch(person, 120);
  await expect(note(moderator, 120)).toBeInViewport();
  await moderator.keyboard.press('PageUp');
  await expect(note(moderator, 120)).not.toBeInViewport();
  await moderator.keyboard.press('End');
  await expect(note(moderator, 120)).toBeInViewport();
});

test('a window that is made narrower or wider still follows the newest', async ({ person }) => {
  const { viewer, moderator } = await watch(person, 120);
  await expect(note(moderator, 120)).toBeInViewport();
  let newest = 120;
  for (const width of [390, 1280, 800, 1100]) {
    await moderator.setViewportSize({ width, height: 844 });
    newest += 1;
    await pressMany(viewer, code(viewer), 1, newest);
    await expect(note(moderator, newest)).toBeInViewport();
  }
});

test('a note is edited in its row, which stays while the reader looks elsewhere', async ({ person }) => {
  const { viewer, moderator } = await watch(person, 150);
  await expect(note(moderator, 150)).toBeInViewport();
  const row = rows(moderator).filter({ hasText: 'note 149' });
  await row.getByRole('button', { name: /^Edit note/ }).click();
  const field = moderator.getByLabel(/^Note of/);
  await expect(field).toBeFocused();
  await field.fill('better words');
  await wheelUp(moderator, 5_000);
  await expect(field).not.toBeInViewport();
  await pressMany(viewer, code(viewer), 3, 151);
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('better words');
  await field.press('Enter');
  await expect(moderator.getByText('better words', { exact: true })).toHaveCount(1);
  await expect(rows(viewer).filter({ hasText: 'better words' })).toHaveCount(1);
});

test('a moderator hides and restores a row, and filters', async ({ person }) => {
  const { moderator } = await watch(person, 130);
  const row = rows(moderator).filter({ hasText: 'note 130' });
  await row.getByRole('button', { name: /^Hide/ }).click();
  await expect(row.getByText('hidden', { exact: true })).toBeVisible();
  await moderator.getByLabel('Show hidden ones').uncheck();
  await expect(row).toHaveCount(0);
  await moderator.getByLabel('Show hidden ones').check();
  // The filter stands above the list: its last rows are drawn when they come near the window.
  await scrollTo(moderator, 'end');
  // Sooner it would be a double click.
  await moderator.waitForTimeout(600);
  await row.getByRole('button', { name: /^Restore/ }).click();
  await expect(row.getByText('hidden', { exact: true })).toHaveCount(0);

  await moderator.getByRole('searchbox').first().fill('NOTE 7');
  // 7 and 70 to 79.
  await expect(rows(moderator)).toHaveCount(11);
  await expect(moderator.getByText('11 of 130')).toBeVisible();
});

test('all that match the filter are hidden, also those that the page has not loaded', { tag: '@postgres' }, async ({ person }) => {
  const { moderator } = await watch(person, 450);
  await expect(note(moderator, 450)).toBeInViewport();
  // A short list would ask for older ones by itself, soon.
  await moderator.route('**/rpc/page', (route) => route.abort());
  await moderator.getByRole('searchbox').first().fill('note 1');
  await expect(moderator.getByText('0 of the newest 200')).toBeVisible();
  // The first answer is lost: it was done, and is asked for again.
  await moderator.route('**/rpc/hide_filtered', async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await moderator.getByRole('button', { name: 'Hide all that match the filter' }).click();
  await moderator.getByRole('dialog').getByRole('button', { name: 'Hide', exact: true }).click();
  // 1, 10 to 19, and 100 to 199.
  await expect(moderator.locator('.undo-bar').getByText('111 timestamps are hidden from viewers.')).toBeVisible();
  expect(await lines(moderator)).toBe(1 + 450 - 111);
  await moderator.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(moderator.locator('.undo-bar').getByText('111 timestamps are hidden from viewers.')).toBeHidden();
  expect(await lines(moderator)).toBe(1 + 450);
});

test('the newest row is followed while a crowd presses late', async ({ person }) => {
  const streamer = await person({ viewport: { width: 1280, height: 900 } });
  const code = await openSession(streamer, 'A crowd', 'Any');
  await startAgo(streamer, 14);
  const { origin } = new URL(streamer.url());
  // Rows that come in between others, of different heights: what a browser would keep in place moves.
  for (let wave = 0; wave < 5; wave += 1) {
    const presses = Array.from({ length: 25 }, async (_, nth) => {
      await streamer.waitForTimeout((nth * 379) % 1_200);
      await sendPress(origin, code, { note: nth % 3 ? `a note of viewer ${nth} `.repeat(1 + (nth % 5)) : 'short', waited: (nth * 997) % 3_000 });
    });
    await Promise.all(presses);
  }
  await expect(streamer.locator('.toolbar__shown')).toHaveText('125 rows');
  await expect(streamer.getByRole('button', { name: /\d+ new/ })).toBeHidden();
  await expect(rows(streamer).last()).toBeInViewport();
});
