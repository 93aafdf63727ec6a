// The staff's desk: one screen, whose panes scroll, worked with the pointer or with the keyboard alone.
import type { Locator, Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, agoFromNow, appRuns, crowdPresses, download, mintModeratorLink, openSession, openTab, pressClip, pressMany, rows, startAgo, tick } from '../support/actions';

const moments = (page: Page) => page.locator('.moments > .moment');
/** How many rows the list shows: not all of them are drawn. */
const shown = (page: Page) => page.locator('.toolbar__shown');
const inPane = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });

/**
 * Opens a session that has run for 14 minutes, with three moments. Answers its code, and how many seconds ago it is by then what
 * was so many seconds ago when they were pressed for.
 */
async function openWithMoments(streamer: Page): Promise<{ code: string; ago: (seconds: number) => number }> {
  const code = await openSession(streamer, 'Witcher 3 – Act 1 Finale', 'The Witcher 3');
  await startAgo(streamer, 14);
  const ago = agoFromNow();
  await crowdPresses(streamer, code, { secondsAgo: ago(600), visitors: 11, note: 'The boss falls' });
  await crowdPresses(streamer, code, { secondsAgo: ago(300), visitors: 8, note: 'the Baron laughs' });
  await crowdPresses(streamer, code, { secondsAgo: ago(60), visitors: 6, note: 'He fell off the bridge' });
  await expect(moments(streamer)).toHaveCount(3);
  await expect(shown(streamer)).toHaveText('25 rows');
  return { code, ago };
}

/** Expects that the document is no longer than the window, and that nothing sticks out of it or lies over something else. */
async function fits(page: Page): Promise<void> {
  const found = () => page.evaluate(() => {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = document.documentElement;
    const isShown = (element: Element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const parts = ['.desk-bar', '.desk__notices', '.timeline', '.desk__moments', '.desk__list', '.desk-side', '.desk__tabs', '.dock__main'];
    const boxes = parts.flatMap((part) => [...document.querySelectorAll(part)].filter(isShown).map((element) => ({ part, at: element.getBoundingClientRect() })));
    const overlaps = boxes.flatMap(({ part, at }, n) =>
      boxes.slice(n + 1).filter(({ at: other }) =>
        Math.min(at.right, other.right) - Math.max(at.left, other.left) > 1 && Math.min(at.bottom, other.bottom) - Math.max(at.top, other.top) > 1,
      ).map((other) => [part, other.part]),
    );
    const buttons = [...document.querySelectorAll('.desk-bar :is(button, input, a), .desk__tabs button, .toolbar :is(input, select)')].filter(isShown);
    // Labels stand in a line that scrolls.
    const outside = buttons.filter((button) => !button.closest('.press-labels')).filter((button) => {
      const { left, right, top, bottom } = button.getBoundingClientRect();
      return left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1;
    });
    return {
      scrolls: [scrollHeight > clientHeight, scrollWidth > clientWidth],
      overlaps,
      outside: outside.map((button) => button.outerHTML),
    };
  });
  await expect.poll(found).toEqual({ scrolls: [false, false], overlaps: [], outside: [] });
}

test('of the moments only one that changes its place is drawn again', async ({ person }) => {
  const streamer = await person();
  const { code, ago } = await openWithMoments(streamer);
  await crowdPresses(streamer, code, { secondsAgo: ago(60), visitors: 14, note: 'He fell off the bridge' });
  await expect(moments(streamer).first()).toContainText('He fell off the bridge');
  for (const [order, bridge] of [['By time', 2], ['Best first', 0]] as const) {
    await moments(streamer).evaluateAll((all) => all.forEach((moment) => moment.setAttribute('data-seen', '')));
    await streamer.getByRole('button', { name: order }).click();
    await expect(moments(streamer).nth(bridge)).toContainText('He fell off the bridge');
    await expect(streamer.locator('.moments > .moment[data-seen]')).toHaveCount(2);
  }
});

test('selecting a moment filters the rows, on its list and on the timeline, until it is cleared', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  await moments(streamer).filter({ hasText: 'the Baron laughs' }).click();
  await expect(shown(streamer)).toHaveText('8 rows');
  await streamer.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(shown(streamer)).toHaveText('25 rows');

  const first = streamer.locator('.timeline__moment').first();
  await first.hover();
  await expect(streamer.locator('.timeline__words')).toHaveText(/^00:0\d:\d\d · 11 viewers · The boss falls$/);
  await first.click();
  await expect(shown(streamer)).toHaveText('11 rows');
  await expect(streamer.locator('.moment[aria-current=true]')).toContainText('The boss falls');
  // A second click on it shows all rows again.
  await streamer.locator('.moment[aria-current=true]').click();
  await expect(shown(streamer)).toHaveText('25 rows');
});

test('an address that names a moment selects it and leads to it, in a wide and in a narrow window', async ({ person }) => {
  const streamer = await person();
  const { code } = await openWithMoments(streamer);
  const marks = streamer.locator('.timeline__moment');
  await expect(marks).toHaveCount(3);
  const named = (nth: number) => marks.nth(nth).getAttribute('href');
  for (const viewport of [null, { width: 390, height: 844 }]) {
    const other = await streamer.context().newPage();
    if (viewport) await other.setViewportSize(viewport);
    await other.goto(`/s/${code}/control${await named(0)}`);
    await appRuns(other);
    const selected = other.locator('.moment[aria-current=true]');
    await expect(selected).toContainText('The boss falls');
    await expect(selected).toBeFocused();
    await expect(selected).toBeInViewport();
    await expect(shown(other)).toHaveText('11 rows');
    // The address of an open page names another one.
    await other.evaluate((fragment) => (location.hash = fragment ?? ''), await named(1));
    await expect(selected).toContainText('the Baron laughs');
    await expect(shown(other)).toHaveText('8 rows');
    await other.close();
  }

  // One that is not there selects nothing.
  await streamer.goto(`/s/${code}/control#moment-00000000-0000-0000-0000-000000000000`);
  await streamer.reload();
  await appRuns(streamer);
  await expect(shown(streamer)).toHaveText('25 rows');
  await expect(streamer.locator('.moment[aria-current=true]')).toHaveCount(0);
});

test('an address that names a moment which was merged selects the one that it is part of', async ({ person }) => {
  const streamer = await person();
  const { code } = await openWithMoments(streamer);
  const moment = (words: string) => moments(streamer).filter({ hasText: words });
  const gone = await moment('the Baron laughs').getAttribute('data-moment');
  for (const words of ['The boss falls', 'the Baron laughs']) await tick(moment(words));
  await streamer.locator('.moment-list .bulk-actions').getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(moments(streamer)).toHaveCount(2);

  const other = await streamer.context().newPage();
  await other.goto(`/s/${code}/control#moment-${gone}`);
  await appRuns(other);
  const selected = other.locator('.moment[aria-current=true]');
  await expect(selected).toContainText('The boss falls');
  await expect(selected).toBeFocused();

  // The address of an open page names it.
  await selected.click();
  await expect(selected).toHaveCount(0);
  await other.evaluate(() => (location.hash = ''));
  await other.evaluate((id) => (location.hash = `moment-${id}`), gone);
  await expect(selected).toContainText('The boss falls');
});

test('the rows of an early moment are fetched without those in between when it is selected', async ({ person }) => {
  const streamer = await person();
  const { code, ago } = await openWithMoments(streamer);
  await pressMany(streamer, code, 700);
  await streamer.reload();
  await appRuns(streamer);
  await expect(shown(streamer)).toHaveText('the newest 200 rows');
  let [pages, reaches] = [0, false];
  await streamer.route('**/rpc/page', (route) => ((pages += 1), reaches ? route.continue() : route.abort()));
  await streamer.locator('.timeline__moment').first().click();
  const list = streamer.locator('.moderation-list__rows');
  await expect(list.getByRole('alert')).not.toBeEmpty();
  await streamer.waitForTimeout(1_000);
  expect(pages, 'what could not be loaded is not asked for again by itself').toBe(1);
  [pages, reaches] = [0, true];
  await list.getByRole('button', { name: 'Show older ones' }).click();
  await expect(shown(streamer)).toHaveText('11 rows');
  await expect(rows(streamer).first()).toContainText('The boss falls');
  expect(pages, 'those in between are not loaded for it').toBe(1);

  // What comes in there is followed, and the newest rows are not mixed with it.
  await crowdPresses(streamer, code, { secondsAgo: ago(600), visitors: 1, note: 'a late one' });
  await expect(shown(streamer)).toHaveText('12 rows');
  await streamer.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(shown(streamer)).toHaveText('the newest 200 rows');
  await expect(rows(streamer).filter({ hasText: /boss falls|a late one/ })).toHaveCount(0);

  // Those in between can still be read, up to the first.
  await streamer.locator('#segment').selectOption('Segment 1');
  for (let page = 0; page < 3; page += 1) {
    const count = pages + 1;
    await streamer.getByRole('button', { name: 'Show older ones' }).dispatchEvent('click');
    await expect.poll(() => pages).toBe(count);
  }
  await expect(shown(streamer)).toHaveText('726 rows');
});

test('on paper a list says how many of its rows are printed, unless all are', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Printed', 'Any');
  await act(streamer, 'Start');
  await pressMany(streamer, code, 3);
  await expect(shown(streamer)).toHaveText('3 rows');
  const line = streamer.locator('.printed-rows');
  const print = async () => {
    await streamer.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await streamer.emulateMedia({ media: 'print' });
  };
  await print();
  await expect(line).toBeHidden();
  await streamer.emulateMedia({ media: null });
  await pressMany(streamer, code, 180, 4);
  await expect(shown(streamer)).toHaveText('183 rows');
  await print();
  await expect(line).toHaveText(/^Printed: \d+ of 183 rows\. The exports have all that are not hidden\.$/);
  await expect(line).toBeVisible();
  await streamer.emulateMedia({ media: null });
  await expect(line).toBeHidden();

  // Those that are not loaded are not printed either.
  await pressMany(streamer, code, 40, 184);
  await expect(shown(streamer)).toHaveText('223 rows');
  await streamer.reload();
  await appRuns(streamer);
  await expect(shown(streamer)).toHaveText('the newest 200 rows');
  await expect(async () => {
    await print();
    await expect(line).toHaveText(/^Printed: \d+ of the newest 200 rows\./, { timeout: 1_000 });
  }).toPass();
});

for (const width of [390, 1100, 1280]) {
  test(`at ${width} pixels the bar keeps its places when the stream is paused, and the clock stands still`, async ({ person }) => {
    const streamer = await person({ viewport: { width, height: 800 } });
    await openSession(streamer, 'Paused', 'Any');
    await act(streamer, 'Start');
    const clock = streamer.getByRole('timer');
    await expect(clock.locator('.clock__time')).toHaveText(/^00:00:\d\d$/);
    const places = () =>
      streamer.evaluate(() => {
        const parts = ['.desk-bar', '.clock', '.totals', '.press-button', '.press-form', '.stream-controls__buttons'];
        return parts.map((part) => {
          const { x, y, width, height } = document.querySelector(part)!.getBoundingClientRect();
          return [part, ...[x, y, width, height].map(Math.round)];
        });
      });
    // The typeface changes widths when it comes.
    await streamer.evaluate(() => document.fonts.ready);
    const active = await places();
    await act(streamer, 'Pause');
    await expect(clock).toContainText(/Segment 1, paused/);
    expect(await places()).toEqual(active);
    await act(streamer, 'Resume');
    await expect(clock).toContainText('Segment 2');
    expect(await places()).toEqual(active);
  });
}

for (const [width, height] of [[320, 740], [390, 740], [740, 360]]) {
  test(`on a phone of ${width} x ${height} pixels the streamer's buttons are in sight, and stand still`, async ({ person }) => {
    const streamer = await person({ viewport: { width, height } });
    await openSession(streamer, 'On a phone', 'Any');
    await streamer.getByRole('tab', { name: 'Stream', exact: true }).click();
    await streamer.evaluate(() => document.fonts.ready);
    const buttons = async (name: 'Start' | 'Pause' | 'Resume') => {
      const inSight = [name, 'End'].map((name) => streamer.getByRole('button', { name, exact: true }));
      for (const button of inSight) await expect(button).toBeInViewport({ ratio: 1 });
      return Promise.all(inSight.map((button) => button.boundingBox()));
    };
    await buttons('Start');
    await act(streamer, 'Start');
    const active = await buttons('Pause');
    await act(streamer, 'Pause');
    expect(await buttons('Resume')).toEqual(active);
    await streamer.getByText('Already running?').click();
    await expect(streamer.getByLabel('Resumed', { exact: true })).toBeInViewport();
    expect(await buttons('Resume')).toEqual(active);
  });
}

test('on a small phone a link to save leaves the list its room, and all tabs within reach', async ({ person }) => {
  const streamer = await person({ viewport: { width: 360, height: 640 } });
  const code = await openSession(streamer, 'On a small phone', 'Any');
  const tab = (name: string) => streamer.getByRole('tab', { name, exact: true });
  await tab('Stream').click();
  await startAgo(streamer, 5);
  await crowdPresses(streamer, code, { secondsAgo: 60, visitors: 5, note: 'that parry!' });
  await tab('List').click();
  await expect(streamer.getByText('Save this control link')).toBeInViewport({ ratio: 1 });
  await expect(streamer.getByText('As a table')).toBeVisible();
  // Without scrolling, as a click would.
  const isUncovered = (part: Locator) =>
    part.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
  await expect.poll(() => isUncovered(rows(streamer).last())).toBe(true);
  for (const name of ['More', 'List', 'Stream', 'Moments']) {
    expect(await isUncovered(tab(name))).toBe(true);
    await tab(name).click();
  }
  await expect.poll(() => isUncovered(streamer.locator('.moment').first())).toBe(true);
});

test('dragging along the timeline selects a range, and so do two sliders', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  const box = (await streamer.locator('.timeline__stage').boundingBox())!;
  const y = box.y + box.height - 4;
  await streamer.mouse.move(box.x + box.width * 0.5, y);
  await streamer.mouse.down();
  await streamer.mouse.move(box.x + box.width * 0.75, y, { steps: 4 });
  await expect(streamer.locator('.timeline__words')).toHaveText(/^00:0\d:\d\d – 00:\d\d:\d\d$/);
  await streamer.mouse.up();
  await expect(shown(streamer)).toHaveText('8 rows');
  await streamer.keyboard.press('Escape');
  await expect(shown(streamer)).toHaveText('25 rows');

  const from = streamer.getByRole('slider', { name: 'Rows from' });
  await from.focus();
  await from.press('End');
  for (let n = 0; n < 4; n += 1) await from.press('PageDown');
  await expect(shown(streamer)).toHaveText('14 rows');
  await expect(from).toHaveAttribute('aria-valuetext', /^00:0\d:\d\d$/);
});

test('the moments stand in the order that was chosen last', async ({ person }) => {
  const streamer = await person();
  const { code } = await openWithMoments(streamer);
  await expect(moments(streamer).nth(1)).toContainText('the Baron laughs');
  await pressMany(streamer, code, 1);
  await crowdPresses(streamer, code, { secondsAgo: 700, visitors: 5, note: 'at the very start' });
  await expect(moments(streamer)).toHaveCount(4);
  await expect(moments(streamer).last()).toContainText('at the very start');
  await streamer.getByRole('button', { name: 'By time' }).click();
  await expect(moments(streamer).first()).toContainText('at the very start');
  await streamer.reload();
  await appRuns(streamer);
  await expect(moments(streamer).first()).toContainText('at the very start');
});

test('everything on the desk can be done with the keyboard', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Keys', 'Keys');
  await act(streamer, 'Start');
  await pressMany(streamer, code, 5);
  await expect(rows(streamer)).toHaveCount(5);
  const focused = streamer.locator('.timestamp:focus-within');
  await streamer.keyboard.press('g');
  await streamer.keyboard.press('l');
  await expect(focused).toContainText('note 5');
  await streamer.keyboard.press('k');
  await expect(focused).toContainText('note 4');
  await streamer.keyboard.press('j');
  await expect(focused).toContainText('note 5');
  await streamer.keyboard.press('h');
  await expect(focused).toContainText('hidden');
  await streamer.keyboard.press('h');
  await expect(focused).not.toContainText('hidden');
  await streamer.keyboard.press('x');
  await expect(streamer.getByText('1 ticked')).toBeVisible();
  await streamer.keyboard.press('x');
  await expect(streamer.getByText('1 ticked')).toBeHidden();
  await streamer.keyboard.press('e');
  await expect(streamer.getByLabel(/^Note of/)).toBeFocused();
  // Letters are letters in there.
  await streamer.keyboard.type('jkh?');
  await streamer.keyboard.press('Enter');
  await expect(rows(streamer).last()).toContainText('jkh?');

  await streamer.keyboard.press('/');
  await expect(streamer.getByRole('searchbox', { name: 'Filter' })).toBeFocused();
  await streamer.keyboard.type('note 2');
  await expect(rows(streamer)).toHaveCount(1);
  await streamer.getByRole('searchbox', { name: 'Filter' }).fill('');
  await streamer.getByRole('searchbox', { name: 'Filter' }).blur();

  await streamer.keyboard.press('g');
  await streamer.keyboard.press('r');
  await expect(inPane(streamer, 'Rules')).toBeFocused();
  await expect(streamer.getByLabel('Every press needs a name')).toBeVisible();
  await streamer.keyboard.press('ArrowRight');
  await expect(inPane(streamer, 'Log')).toBeFocused();
  await expect(streamer.getByRole('tabpanel', { name: 'Log' }).getByRole('listitem').first()).toBeVisible();
  await streamer.keyboard.press('End');
  await expect(inPane(streamer, 'Session')).toHaveAttribute('aria-selected', 'true');

  await streamer.keyboard.press('?');
  const dialog = streamer.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(dialog).toContainText('Next row or moment');
  await streamer.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('the keys go from moment to moment, and the rows with them', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  await streamer.keyboard.press('g');
  await streamer.keyboard.press('m');
  await streamer.keyboard.press('j');
  await expect(shown(streamer)).toHaveText('11 rows');
  await streamer.keyboard.press('j');
  await expect(shown(streamer)).toHaveText('8 rows');
  await expect(streamer.locator('.moment:focus')).toContainText('the Baron laughs');
  await streamer.keyboard.press('k');
  await expect(shown(streamer)).toHaveText('11 rows');
  await streamer.keyboard.press('Escape');
  await expect(shown(streamer)).toHaveText('25 rows');
});

test('N leads from one moment that is neither cut nor rejected to the next, and from the last to the first', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  const focused = streamer.locator('.moment:focus');
  await moments(streamer).filter({ hasText: 'the Baron laughs' }).click();
  await streamer.keyboard.press('e');
  const dialog = streamer.getByRole('dialog');
  await dialog.getByLabel('State').selectOption('rejected');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(moments(streamer).filter({ hasText: 'the Baron laughs' })).toContainText('Rejected');
  await streamer.keyboard.press('Escape');
  // From the list of the rows, too.
  await streamer.keyboard.press('g');
  await streamer.keyboard.press('l');
  await expect(streamer.locator('.timestamp:focus')).toBeVisible();
  await streamer.keyboard.press('n');
  await expect(focused).toContainText('The boss falls');
  await streamer.keyboard.press('n');
  await expect(focused).toContainText('He fell off the bridge');
  await expect(shown(streamer)).toHaveText('6 rows');
  await streamer.keyboard.press('n');
  await expect(focused).toContainText('The boss falls');
  await streamer.keyboard.press('?');
  const keys = streamer.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(keys).toContainText('Next moment that is neither cut nor rejected');
  await keys.getByRole('checkbox').uncheck();
  await streamer.keyboard.press('Escape');
  await streamer.keyboard.press('n');
  await expect(shown(streamer)).toHaveText('11 rows');
});

test('a row that is read with the keyboard stays where it is while others come in', async ({ person }) => {
  const streamer = await person({ viewport: { width: 1280, height: 700 } });
  const code = await openSession(streamer, 'Still', 'Still');
  await act(streamer, 'Start');
  await pressMany(streamer, code, 40);
  await expect(rows(streamer).filter({ hasText: 'note 40' })).toBeInViewport();
  await streamer.keyboard.press('g');
  await streamer.keyboard.press('l');
  const row = streamer.locator('.timestamp:focus');
  await expect(row).toContainText('note 40');
  const before = (await row.boundingBox())!.y;
  await pressMany(streamer, code, 7, 41);
  await expect(streamer.getByRole('button', { name: '7 new' })).toBeVisible();
  expect((await row.boundingBox())!.y).toBe(before);
});

test('a phone shows one pane at a time, and remembers where each was', async ({ person }) => {
  const streamer = await person({ viewport: { width: 1280, height: 800 } });
  const { code } = await openWithMoments(streamer);
  const moderator = await person(phone);
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  await appRuns(moderator);
  await expect(inPane(moderator, 'List')).toHaveAttribute('aria-selected', 'true');
  await expect(rows(moderator).last()).toBeInViewport();
  await fits(moderator);
  await inPane(moderator, 'Moments').click();
  await expect(moments(moderator).first()).toBeVisible();
  await expect(moderator.getByRole('searchbox', { name: 'Filter' })).toBeHidden();
  await fits(moderator);
  await moments(moderator).first().click();
  await inPane(moderator, 'List').click();
  await expect(shown(moderator)).toHaveText('11 rows');
  await inPane(moderator, 'Stream').click();
  await expect(moderator.getByLabel('What happened?')).toBeVisible();
  await pressClip(moderator, { note: 'from a phone' });
  await expect(moderator.getByText(/saved at/i)).toBeVisible();
  await fits(moderator);
  const share = await openTab(moderator, 'Share');
  await expect(share).toContainText(code);
  await fits(moderator);
});

for (const [name, viewport] of Object.entries({
  'a small laptop': { width: 1280, height: 800 },
  'the narrowest window with three panes': { width: 1100, height: 700 },
  'a phone': { width: 390, height: 844 },
  'the narrowest phone': { width: 320, height: 640 },
  'a television': { width: 1920, height: 1080 },
})) {
  test(`on ${name} the document doesn’t scroll and nothing overlaps, from the first link to the end`, async ({ person }) => {
    const streamer = await person({ viewport });
    const code = await openSession(streamer, 'A title that is rather long for a phone', 'The Witcher 3: Wild Hunt');
    await appRuns(streamer);
    await expect(streamer.getByRole('region', { name: 'Save this control link' })).toBeVisible();
    // The clock's place and the buttons stay in sight.
    await expect(streamer.getByRole('button', { name: 'Start', exact: true })).toBeInViewport({ ratio: 1 });
    await fits(streamer);
    await streamer.getByRole('button', { name: 'I saved it' }).click();
    await act(streamer, 'Start');
    await pressMany(streamer, code, 60);
    await fits(streamer);
    await act(streamer, 'Pause');
    await fits(streamer);
    await act(streamer, 'End');
    await fits(streamer);
  });
}

test('a dock of OBS has the buttons and the latest moments, and nothing else', async ({ person }) => {
  const streamer = await person();
  const { code } = await openWithMoments(streamer);
  const state = await streamer.context().storageState();
  for (const javaScriptEnabled of [true, false]) {
    const dock = await person({ viewport: { width: 280, height: 600 }, storageState: state, javaScriptEnabled });
    await dock.goto(`/s/${code}/control?dock`);
    await expect(moments(dock).first()).toContainText('He fell off the bridge');
    await expect(dock.getByRole('button', { name: 'Pause', exact: true })).toBeInViewport({ ratio: 1 });
    await expect(dock.getByRole('button', { name: /^clip that/i })).toBeInViewport({ ratio: 1 });
    await expect(dock.getByRole('searchbox')).toHaveCount(0);
    expect(await dock.evaluate(() => document.documentElement.scrollWidth)).toBe(280);
    if (javaScriptEnabled) {
      await appRuns(dock);
      await fits(dock);
      await pressClip(dock, {});
      await expect(dock.getByText(/saved at/i)).toBeVisible();
    }
  }
});

test('a session that has been active for very long asks whether to end it', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Forgotten', 'Any');
  await act(streamer, 'Start');
  // The server's time, fourteen hours later.
  await expect(streamer.getByText(/^Active for/)).toBeHidden();
  await streamer.route('**/rpc/desk', (route) => route.continue());
  await streamer.route(`**/s/${code}/control`, async (route) => {
    const answer = await route.fetch();
    const html = (await answer.text()).replace(/("start_time":")([^"]+)/g, (_, key: string, time: string) => key + new Date(Date.parse(time) - 14 * 3_600_000).toISOString());
    await route.fulfill({ response: answer, body: html });
  });
  await streamer.reload();
  await appRuns(streamer);
  await expect(streamer.getByText('Active for 14 h: end it?')).toBeVisible();
  await streamer.getByRole('button', { name: 'End it', exact: true }).first().click();
  await expect(streamer.getByRole('dialog', { name: 'End the session?' })).toBeVisible();
});

test('moments keep their places while somebody points at them, and say how many are new', async ({ person }) => {
  // High enough that the bar to undo something does not lie over what is pointed at.
  const streamer = await person({ viewport: { width: 1280, height: 1_000 } });
  const { code, ago } = await openWithMoments(streamer);
  await expect(moments(streamer).first()).toContainText('The boss falls');
  const last = moments(streamer).last();
  await expect(last).toContainText('He fell off the bridge');
  await last.getByRole('button', { name: /^Hide/ }).hover();
  await crowdPresses(streamer, code, { secondsAgo: ago(60), visitors: 20, note: 'He fell off the bridge' });
  await crowdPresses(streamer, code, { secondsAgo: ago(450), visitors: 30, note: 'A horse on a roof' });
  const pill = streamer.locator('.moment-list').getByRole('button', { name: '1 new' });
  await expect(pill).toBeVisible();
  await expect(last).toContainText('26 viewers');
  await expect(moments(streamer)).toHaveCount(3);
  // The button that the pointer is over is that of the same moment.
  await streamer.mouse.down();
  await streamer.mouse.up();
  await expect(last).toContainText('Hidden');
  await expect(last).toContainText('He fell off the bridge');
  await pill.click();
  await expect(moments(streamer)).toHaveCount(4);
  await expect(moments(streamer).filter({ hasText: 'A horse on a roof' })).toHaveCount(1);
  await expect(pill).toBeHidden();
});

test('in a narrow window J and K go to the rows, whatever is shown', async ({ person }) => {
  const streamer = await person({ viewport: { width: 900, height: 700 } });
  const code = await openSession(streamer, 'Narrow', 'Keys');
  await act(streamer, 'Start');
  await pressMany(streamer, code, 3);
  await expect(rows(streamer)).toHaveCount(3);
  for (const letter of ['t', 'r']) {
    await streamer.keyboard.press('g');
    await streamer.keyboard.press(letter);
    await expect(inPane(streamer, 'List')).toHaveAttribute('aria-selected', 'false');
    await streamer.keyboard.press('k');
    await expect(inPane(streamer, 'List')).toHaveAttribute('aria-selected', 'true');
    await expect(streamer.locator('.timestamp:focus')).toBeVisible();
  }
});

test('what passes a filter is announced once, and not again with each press', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Heard', 'Any');
  await act(streamer, 'Start');
  await pressMany(streamer, code, 3);
  await expect(rows(streamer)).toHaveCount(3);
  const heard = streamer.locator('#announcer');
  await streamer.getByRole('searchbox', { name: 'Filter' }).fill('note 2');
  await expect(shown(streamer)).toHaveText('1 of 3');
  await expect(heard).toHaveText('1 row');
  await streamer.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const hear = (changes: MutationRecord[]) => said.push(...changes.map(({ target }) => target.textContent ?? ''));
    for (const place of document.querySelectorAll('[role=status]')) new MutationObserver(hear).observe(place, { childList: true, characterData: true, subtree: true });
  });
  await pressMany(streamer, code, 2, 20);
  await expect(shown(streamer)).toHaveText('3 of 5');
  // Longer than a filter takes to be announced.
  await streamer.waitForTimeout(700);
  expect(await streamer.evaluate('said')).toEqual([]);
  await streamer.getByRole('searchbox', { name: 'Filter' }).fill('note');
  await expect(heard).toHaveText('5 rows');
});

test('a mark that is clicked with another key opens a tab of its own', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  const [other] = await Promise.all([
    streamer.context().waitForEvent('page'),
    streamer.locator('.timeline__moment').first().click({ modifiers: ['ControlOrMeta'] }),
  ]);
  await appRuns(other);
  await expect(other.locator('.moment[aria-current=true]')).toContainText('The boss falls');
  await expect(shown(streamer)).toHaveText('25 rows');
});

test('the buttons of a moment appear where the pointer is, and have room of their own in the selected one', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  const moment = moments(streamer).first();
  const buttons = moment.locator('.moment__actions');
  await expect(buttons).toHaveCSS('opacity', '0');
  await moment.hover();
  await expect(buttons).toHaveCSS('opacity', '1');
  await moment.click({ position: { x: 60, y: 12 } });
  await expect(moment).toHaveAttribute('aria-current', 'true');
  await streamer.mouse.move(0, 0);
  await expect(buttons).toHaveCSS('opacity', '1');
  await expect(buttons).toHaveCSS('position', 'static');
});

test('a thumb hits the box of a moment, and the buttons of a range', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  const moderator = await person(phone);
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  await appRuns(moderator);
  await inPane(moderator, 'Moments').click();
  const tickBox = (await moderator.locator('.moment__tick').first().boundingBox())!;
  expect(Math.min(tickBox.width, tickBox.height)).toBeGreaterThanOrEqual(43.5);
  // Beside the box itself.
  await moderator.touchscreen.tap(tickBox.x + 3, tickBox.y + tickBox.height / 2);
  await expect(moments(moderator).first().getByRole('checkbox')).toBeChecked();
  await expect(moderator.locator('.moment[aria-current]')).toHaveCount(0);

  await moments(moderator).first().click();
  const clear = moderator.getByRole('button', { name: 'Clear', exact: true });
  await inPane(moderator, 'Moments').click();
  await expect(clear).toBeVisible();
  const box = (await clear.boundingBox())!;
  const hits = (y: number) => clear.evaluate((clear, [x, y]) => clear.contains(document.elementFromPoint(x, y)), [box.x + box.width / 2, y]);
  const middle = box.y + box.height / 2;
  for (const y of [middle - 16, middle + 16]) expect(await hits(y)).toBe(true);
});

test('moments keep their places while the keyboard is in them, and one that grows stays the same', async ({ person }) => {
  const streamer = await person();
  const { code, ago } = await openWithMoments(streamer);
  const focused = streamer.locator('.moment:focus');
  await streamer.keyboard.press('g');
  await streamer.keyboard.press('m');
  for (const note of ['The boss falls', 'the Baron laughs']) {
    await streamer.keyboard.press('j');
    await expect(focused).toContainText(note);
  }
  await focused.evaluate((moment) => moment.setAttribute('data-seen', ''));
  await crowdPresses(streamer, code, { secondsAgo: ago(300), visitors: 20, note: 'the Baron laughs' });
  await crowdPresses(streamer, code, { secondsAgo: ago(450), visitors: 30, note: 'A horse on a roof' });
  await expect(focused).toContainText('28 viewers');
  await expect(focused).toHaveAttribute('data-seen');
  await expect(moments(streamer).nth(1)).toContainText('the Baron laughs');
  const pill = streamer.locator('.moment-list').getByRole('button', { name: '1 new' });
  await expect(pill).toBeVisible();
  // Those that are new come after the others.
  for (const note of ['He fell off the bridge', 'A horse on a roof']) {
    await streamer.keyboard.press('j');
    await expect(focused).toContainText(note);
  }
  await pill.focus();
  await streamer.keyboard.press('Enter');
  await expect(pill).toBeHidden();
  await expect(moments(streamer).first()).toContainText('the Baron laughs');
  await expect(streamer.locator('.moment-list .moment:focus')).toHaveCount(1);
});

test('a box of a moment is ticked by the space bar though the moment grows meanwhile', async ({ person }) => {
  const streamer = await person();
  const { code, ago } = await openWithMoments(streamer);
  const boss = moments(streamer).first();
  const box = boss.getByRole('checkbox');
  await box.focus();
  await streamer.keyboard.down('Space');
  await crowdPresses(streamer, code, { secondsAgo: ago(600), visitors: 5, note: 'The boss falls' });
  // The rows are not held, and come with the same frames.
  await expect(shown(streamer)).toHaveText('30 rows');
  await streamer.keyboard.up('Space');
  await expect(box).toBeChecked();
  await expect(boss).toContainText('16 viewers');
  await expect(box).toBeFocused();
});

test('the Tab key leads to one mark and one moment, and the arrow keys to the others', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  // What others put there is no moment.
  await streamer.evaluate(() => document.querySelector('#moment-list')!.prepend(document.createElement('div')));
  const marks = streamer.locator('.timeline__moment');
  await expect(streamer.locator('.timeline__moment[tabindex="0"]')).toHaveCount(1);
  await marks.first().focus();
  await streamer.keyboard.press('ArrowRight');
  await expect(marks.nth(1)).toBeFocused();
  await streamer.keyboard.press('End');
  await expect(marks.last()).toBeFocused();
  await streamer.keyboard.press('Home');
  await expect(marks.first()).toBeFocused();
  await streamer.keyboard.press('Tab');
  await expect(streamer.locator('.timeline__moment:focus')).toHaveCount(0);

  const stops = streamer.locator('.moments > .moment:is([tabindex="0"], :has([tabindex="0"]))');
  await expect(stops).toHaveCount(1);
  await moments(streamer).first().focus();
  await streamer.keyboard.press('ArrowDown');
  await expect(moments(streamer).nth(1)).toBeFocused();
  await expect(stops).toHaveCount(1);
  await streamer.keyboard.press('Tab');
  await expect(moments(streamer).nth(1).getByRole('checkbox')).toBeFocused();
  for (const key of ['s', 'h', 'e']) {
    await streamer.keyboard.press('Tab');
    await expect(moments(streamer).nth(1).locator(`[data-key="${key}"]`)).toBeFocused();
  }
  await streamer.keyboard.press('Tab');
  await expect(streamer.locator('.moments :focus')).toHaveCount(0);
});

test('a range that was named a moment can be taken back at once', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  const stage = (await streamer.locator('.timeline__stage').boundingBox())!;
  await streamer.mouse.move(stage.x + stage.width * 0.2, stage.y + 20);
  await streamer.mouse.down();
  await streamer.mouse.move(stage.x + stage.width * 0.8, stage.y + 20, { steps: 5 });
  await streamer.mouse.up();
  await streamer.getByRole('button', { name: 'Make it a moment …' }).click();
  await streamer.getByRole('dialog').getByLabel('Title').fill('All of it');
  await streamer.getByRole('dialog').getByRole('button', { name: 'Make it a moment' }).click();
  await expect(moments(streamer).filter({ hasText: 'All of it' })).toHaveCount(1);
  await expect(moments(streamer).filter({ hasText: 'the Baron laughs' })).toHaveCount(1);
  const bar = streamer.locator('.desk__moments .undo-bar');
  await bar.getByRole('button', { name: 'Undo' }).click();
  await expect(moments(streamer).filter({ hasText: 'All of it' })).toHaveCount(0);
  await expect(moments(streamer)).toHaveCount(3);
});

for (const [name, viewport] of Object.entries({
  'a laptop zoomed to 200 %': { width: 683, height: 330 },
  'a phone on its side': { width: 844, height: 390 },
  'a very small phone': { width: 320, height: 568 },
})) {
  test(`on ${name} there is room to read rows and moments`, async ({ person }) => {
    const streamer = await person();
    await openWithMoments(streamer);
    const moderator = await person({ viewport });
    await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
    await appRuns(moderator);
    for (const pane of ['List', 'Moments']) {
      await inPane(moderator, pane).click();
      const item = (pane === 'List' ? rows(moderator) : moments(moderator)).last();
      await item.scrollIntoViewIfNeeded();
      await expect(item).toBeInViewport({ ratio: 0.9 });
      await expect(inPane(moderator, pane)).toBeInViewport();
    }
  });
}

test('zoomed to 400 %, whichever pane is shown ends where the tabs begin', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  await streamer.setViewportSize({ width: 320, height: 256 });
  for (const [name, pane] of [['Moments', '.desk__moments'], ['List', '.desk__list'], ['More', '.desk-side']]) {
    await inPane(streamer, name).click();
    await streamer.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const end = async () => {
      const [shown, tabs] = await Promise.all([pane, '.desk__tabs'].map((part) => streamer.locator(part).boundingBox()));
      return Math.abs(tabs!.y - shown!.y - shown!.height);
    };
    await expect.poll(end).toBeLessThan(1);
  }
});

/** Expects that all of an element can be seen and pressed where it stands, once it is scrolled to: to the middle, or further. */
async function isFree(element: Locator): Promise<void> {
  const inTheWay = () => element.evaluate((element) => {
    const around = (['center', 'start'] as const).map((block) => {
      element.scrollIntoView({ block });
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const at = (x: number, y: number) => document.elementFromPoint(x, y);
      const found = [at((left + right) / 2, top + 2), at((left + right) / 2, bottom - 2), at(left + 4, (top + bottom) / 2), at(right - 4, (top + bottom) / 2)];
      return found.filter((there) => there === null || !element.contains(there)).map((there) => there?.outerHTML.slice(0, 80) ?? 'outside of the window');
    });
    return around.find((found) => found.length === 0) ?? around[0];
  });
  await expect.poll(inTheWay, await element.innerText()).toEqual([]);
}

for (const viewport of [[1100, 700], [1280, 800], [390, 844], [683, 330], [640, 450], [844, 390], [320, 568]]) {
  const [width, height] = viewport;
  test(`at ${width} by ${height} nothing lies over the bars of what is ticked and of what was done last, nor they over anything`, async ({ person }) => {
    const streamer = await person();
    await openWithMoments(streamer);
    const link = await mintModeratorLink(streamer, 'Anna');
    const moderator = await person({ viewport: { width, height } });
    await moderator.goto(link);
    await appRuns(moderator);
    const isNarrow = width < 1100;

    if (isNarrow) await inPane(moderator, 'Moments').click();
    const pane = moderator.locator('.moment-list');
    // What is out of sight is not drawn, and can't be pressed.
    await moments(moderator).first().evaluate((moment) => moment.scrollIntoView({ block: 'center' }));
    await moments(moderator).first().locator('[data-key="s"]').click();
    await expect(pane.locator('.undo-bar')).toBeVisible();
    for (const n of [0, 1]) await tick(moments(moderator).nth(n));
    for (const name of ['Merge', 'Untick all', 'Undo', 'Dismiss']) await isFree(pane.locator('.moment-tools').getByRole('button', { name, exact: true }));
    for (const key of ['s', 'h', 'e']) await isFree(moments(moderator).last().locator(`[data-key="${key}"]`));

    if (isNarrow) await inPane(moderator, 'List').click();
    const list = moderator.locator('.moderation-list');
    const bridge = rows(moderator).filter({ hasText: 'He fell off the bridge' }).last();
    await tick(bridge);
    await list.getByRole('button', { name: 'Hide 1' }).click();
    await expect(list.locator('.undo-bar')).toBeVisible();
    await tick(bridge);
    for (const name of ['Restore 1', 'Untick all', 'Undo', 'Dismiss']) await isFree(list.getByRole('button', { name, exact: true }));
    await isFree(rows(moderator).last().locator('.timestamp__offset'));
  });
}

test('a list that follows its newest row keeps it in sight when a bar comes below it', async ({ person }) => {
  const streamer = await person({ viewport: { width: 1280, height: 700 } });
  const code = await openSession(streamer, 'Bar', 'Bar');
  await act(streamer, 'Start');
  await pressMany(streamer, code, 40);
  const last = rows(streamer).filter({ hasText: 'note 40' });
  await expect(last).toBeInViewport({ ratio: 0.9 });
  await tick(rows(streamer).filter({ hasText: 'note 39' }));
  await streamer.getByRole('button', { name: 'Hide 1' }).click();
  await streamer.mouse.move(5, 5);
  await expect(streamer.locator('.moderation-list .undo-bar')).toBeVisible();
  await pressMany(streamer, code, 1, 41);
  await expect(rows(streamer).filter({ hasText: 'note 41' })).toBeInViewport({ ratio: 0.9 });
});

test('a session that has ended opens with its files, and other sessions with the tab that was chosen last', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Over', 'Any');
  await act(streamer, 'Start');
  await openTab(streamer, 'Rules');
  await act(streamer, 'End');
  // Nothing changes under whoever reads it.
  await expect(inPane(streamer, 'Rules')).toHaveAttribute('aria-selected', 'true');
  await streamer.reload();
  await appRuns(streamer);
  await expect(inPane(streamer, 'Export')).toHaveAttribute('aria-selected', 'true');
  await expect(streamer.getByRole('link', { name: 'Text', exact: true })).toBeVisible();
  await act(streamer, 'Reopen');
  await streamer.reload();
  await appRuns(streamer);
  await expect(inPane(streamer, 'Rules')).toHaveAttribute('aria-selected', 'true');
});

test('the Export tab offers the moments and the list as files, and says what is in them', async ({ person }) => {
  const streamer = await person();
  const { code } = await openWithMoments(streamer);
  const exports = await openTab(streamer, 'Export');
  const [ofMoments, ofList] = ['Export the moments', 'Export the list'].map((name) => exports.getByRole('region', { name }));
  await expect(ofMoments).toContainText('where a clip of it would');
  await expect(ofMoments.getByRole('link')).toHaveCount(3);
  await expect(ofList).toContainText('Hidden rows are left out');
  await expect(ofList.getByRole('link')).toHaveCount(4);
  const { name, body } = await download(streamer, 'Moments as text');
  expect(name).toBe(`witcher-3-act-1-finale-${code}.moments.txt`);
  const lines = body.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  for (const [at, words] of ['The boss falls (11 viewers)', 'the Baron laughs (8 viewers)', 'He fell off the bridge (6 viewers)'].entries()) {
    expect(lines[at]).toMatch(/^Segment 1 00:\d\d:\d\d to 00:\d\d:\d\d – /);
    expect(lines[at]).toContain(words);
  }
});
