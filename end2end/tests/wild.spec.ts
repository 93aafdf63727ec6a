// Browsers as people have them: with extensions, without cookies, with a translator.
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, appRuns, openSession, openTab, pressClip, pressMany, rows } from '../support/actions';
import { translate } from '../support/foreign';
import { Gateway } from '../support/gateway';
import { Profile } from '../support/profile';
import type { Server } from '../support/server';

// What a password manager does: a button beside each field, in front of it as well as behind, whenever one appears.
const passwordManager = `
  const mark = () => {
    for (const field of document.querySelectorAll('input:not([data-known])')) {
      field.dataset.known = '';
      for (const side of ['before', 'after']) {
        const button = document.createElement('div');
        button.className = 'password-manager';
        field[side](button);
      }
    }
  };
  new MutationObserver(mark).observe(document, { childList: true, subtree: true });
  document.addEventListener('DOMContentLoaded', mark);
`;

test('with a password manager in the browser a session is opened, pressed in and seen', async ({ person, server }) => {
  const extension = { matches: ['http://127.0.0.1/*'], script: passwordManager };
  const profile = await Profile.open(server.url, { extension });
  const streamer = await profile.context.newPage();
  const code = await openSession(streamer, 'Extended', 'Extended');
  // It is really there.
  await expect(streamer.locator('.password-manager')).not.toHaveCount(0);
  await act(streamer, 'Start');
  const viewer = await profile.context.newPage();
  await viewer.goto(`/s/${code}`);
  await expect(viewer.locator('.password-manager')).not.toHaveCount(0);
  await pressClip(viewer, { note: 'a note', name: 'Ann' });
  const other = await person();
  await other.goto(`/s/${code}`);
  for (const page of [viewer, streamer, other]) {
    await expect(rows(page)).toContainText([/a note.*Ann/]);
  }
  await profile.close();
});

test('without cookies and storage a control link stays in the address, and a press says how long it is kept', async ({
  person,
  server,
}) => {
  const profile = await Profile.open(server.url, { blocked: true });
  const page = await profile.context.newPage();
  await page.goto('/');
  await page.getByLabel('Title').fill('No cookies');
  await page.getByLabel('Game').fill('No cookies');
  await page.getByRole('button', { name: 'Open the session' }).click();
  await page.waitForURL(/control#/);
  await expect(page.getByRole('heading', { name: 'This browser keeps no cookies' })).toBeVisible();
  const link = page.url();
  expect(link).toContain('#');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'This browser keeps no cookies' })).toBeVisible();
  expect(page.url()).toBe(link);

  // It works where cookies are.
  const streamer = await person();
  await streamer.goto(link);
  await act(streamer, 'Start');
  const [, code] = /\/s\/([0-9A-Z]{6})/.exec(link) ?? [];
  await page.goto(`/s/${code}`);
  await appRuns(page);
  await pressClip(page, { note: 'seen' });
  await expect(rows(streamer)).toContainText(['seen']);
  await page.route('**/rpc/submit', (route) => route.abort());
  await pressClip(page, { note: 'waits' });
  await expect(page.getByText('until this page is closed')).toBeVisible();
  await profile.close();
});

test('what is live lives on when a translator replaced every text', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Translated', 'Translated');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await expect(viewer.locator('.clock__time')).toHaveText(/^\d\d:\d\d:\d\d$/);
  await translate(viewer);
  const time = await viewer.locator('.clock__time').innerText();
  await expect(viewer.locator('.clock__time')).not.toHaveText(time);
  for (const count of ['1', '2']) {
    await pressClip(viewer, { note: `press ${count}` });
    await expect(viewer.locator('#press-result')).toHaveText(/^Saved at/);
    await expect(viewer.locator('.count')).toHaveText(count);
    await translate(viewer);
    await viewer.waitForTimeout(700);
  }
  await expect(rows(viewer)).toContainText(['press 2', 'press 1']);
  await act(streamer, 'Pause');
  await expect(viewer.locator('.badge')).toHaveText('Paused');
  await expect(viewer.getByText('The stream is paused', { exact: true })).toBeVisible();
  await translate(viewer);
  await act(streamer, 'End');
  await expect(viewer.locator('.badge')).toHaveText('Ended');
  await expect(viewer.getByText('The stream has ended', { exact: true })).toBeVisible();
  await expect(viewer.getByText('The stream is paused', { exact: true })).toBeHidden();
});

test('what changes on the staff’s pages goes on changing when a translator replaced every text', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Translated', 'Translated');
  await openTab(streamer, 'Links');
  await streamer.getByLabel('For whom?').fill('Anna');
  await streamer.getByRole('button', { name: 'Make a link' }).click();
  const card = streamer.getByRole('region', { name: /send this link/i });
  const link = card.getByLabel('Moderator link');
  await expect(link).toHaveText(/#•+$/);
  await translate(streamer);
  await card.getByRole('button', { name: 'Show' }).click();
  await expect(link).toHaveText(/#[^•]{20,}$/);
  const address = await link.innerText();
  await translate(streamer);
  await card.getByRole('button', { name: 'Mask' }).click();
  await expect(link).toHaveText(/#•+$/);
  await card.getByRole('button', { name: 'Copy moderator link' }).click();
  await expect(card.getByRole('button', { name: /^(Copied|Copy it by hand)$/ })).toBeVisible();
  await act(streamer, 'Start');

  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await pressClip(viewer, { note: 'first', name: 'Ann' });
  await pressClip(viewer, { note: 'second', name: 'Ben' });
  const moderator = await person();
  await moderator.goto(address);
  const row = (words: string) => rows(moderator).filter({ hasText: words });
  await expect(rows(moderator)).toHaveCount(2);
  await expect(moderator.locator('.toolbar__shown')).toHaveText('2 rows');
  await translate(moderator);

  await row('second').getByRole('button', { name: /^Edit note/ }).click();
  await moderator.getByLabel(/^Note of/).fill('third');
  await moderator.getByRole('button', { name: 'Save' }).click();
  await expect(row('third')).toHaveCount(1);
  await moderator.getByRole('searchbox', { name: 'Filter' }).fill('third');
  await expect(moderator.locator('.toolbar__shown')).toHaveText('1 of 2');
  await moderator.getByRole('searchbox', { name: 'Filter' }).fill('');
  await translate(moderator);

  for (const [words, name] of [
    ['first', 'Ann'],
    ['third', 'Ben'],
  ]) {
    await row(words).getByRole('button', { name: /^Viewer/ }).click();
    await expect(moderator.getByRole('dialog')).toContainText(`${name}, who pressed at`);
    await translate(moderator);
    await moderator.getByRole('button', { name: 'Hide all of theirs' }).click();
    await expect(moderator.locator('#pane-list .undo-bar')).toContainText(`All timestamps of`);
    await expect(rows(moderator).locator('.timestamp__hidden')).toHaveCount(2);
    await translate(moderator);
    await moderator.locator('#pane-list .undo-bar').getByRole('button', { name: 'Undo' }).click();
    await expect(rows(moderator).locator('.timestamp__hidden')).toHaveCount(0);
    await expect(moderator.locator('#pane-list .undo-bar')).toBeHidden();
  }

  await openTab(moderator, 'Export');
  await openTab(moderator, 'Log');
  await expect(moderator.locator('.log__row')).not.toHaveCount(0);
  await expect(moderator.getByText('Loading …')).toBeHidden();
});

test('what is half typed is there again after a reload, and gone once it was sent', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Typed', 'Typed');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const note = viewer.getByLabel('What happened?');
  await note.fill('half a');
  await viewer.getByLabel('Your name').fill('Tri');
  await viewer.reload();
  await expect(note).toHaveValue('half a');
  await expect(viewer.getByLabel('Your name')).toHaveValue('Tri');
  await appRuns(viewer);
  await pressClip(viewer, {});
  await expect(rows(viewer)).toContainText([/half a.*Tri/]);
  await viewer.reload();
  await appRuns(viewer);
  await expect(note).toHaveValue('');
  await expect(viewer.getByLabel('Your name')).toHaveValue('Tri');
});

test('a control link whose first visit kept no cookie is shown to be saved once they are allowed and the page was reloaded', async ({
  browser,
  server,
}) => {
  const gateway = await Gateway.listen();
  gateway.standBefore(server.url);
  gateway.cookies = false;
  const context = await browser.newContext({ baseURL: gateway.url });
  // Browsers block storage together with cookies. The name of the window outlives a reload.
  await context.addInitScript(() => {
    if (window.name === 'allowed') return;
    const get = () => {
      throw new DOMException('Blocked', 'SecurityError');
    };
    for (const storage of ['localStorage', 'sessionStorage']) Object.defineProperty(window, storage, { get });
  });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByLabel('Title').fill('No cookies yet');
  await page.getByLabel('Game').fill('No cookies yet');
  await page.getByRole('button', { name: 'Open the session' }).click();
  await page.waitForURL(/control#/);
  const [, key] = page.url().split('#');
  await expect(page.getByRole('heading', { name: 'This browser keeps no cookies' })).toBeVisible();

  gateway.cookies = true;
  await page.evaluate(() => void (window.name = 'allowed'));
  await page.reload();
  const card = page.getByRole('region', { name: /save this control link/i });
  await card.getByRole('button', { name: 'Show' }).click();
  await expect(card.getByLabel('Control link')).toContainText(key);
  expect(page.url()).not.toContain('#');
  await context.close();
  await gateway.close();
});

/** Opens a session's page in a browser of its own, behind a gateway that does to live streams what it is told. */
async function viewerBehind(browser: Browser, server: Server, code: string, faults: Partial<Gateway>) {
  const gateway = await Gateway.listen();
  gateway.standBefore(server.url);
  Object.assign(gateway, faults);
  const context = await browser.newContext({ baseURL: gateway.url });
  const viewer = await context.newPage();
  await viewer.goto(`/s/${code}`);
  const banner = viewer.locator('.banner', { hasText: 'The live stream does not come through' });
  await expect(banner).toBeVisible();
  const leave = async () => {
    await context.close();
    await gateway.close();
  };
  return { viewer, gateway, banner, leave };
}

test('behind a proxy that holds live streams back the page asks instead, and says so', async ({ browser, person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Held', 'Held');
  await act(streamer, 'Start');
  const { viewer, gateway, banner, leave } = await viewerBehind(browser, server, code, { holdsLive: true });
  await pressClip(streamer, { note: 'from outside' });
  await expect(rows(viewer)).toContainText(['from outside']);
  await pressClip(viewer, { note: 'from behind' });
  await expect(rows(streamer)).toContainText(['from behind']);
  // It asks for the time too, which the stream would tell: the clock runs, and what was just pressed can be taken back.
  await expect(viewer.locator('.clock__time')).toHaveText(/^\d\d:\d\d:\d\d$/);
  await expect(viewer.getByRole('button', { name: /^Take back/ })).toBeVisible();
  await act(streamer, 'Pause');
  await pressClip(viewer, { note: 'too late' });
  await expect(viewer.locator('.badge')).toHaveText('Paused');
  await act(streamer, 'Resume');
  await expect(viewer.locator('.badge')).toHaveText('Live');

  // It comes through again: the page is live, and asks no more.
  gateway.holdsLive = false;
  await viewer.reload();
  await expect(viewer.locator('.clock__time')).toHaveText(/^\d\d:\d\d:\d\d$/);
  await expect(banner).toBeHidden();
  await leave();
});

/** Counts how often the banner of a page changes from now on. */
async function countBanners(page: Page): Promise<() => Promise<number>> {
  const changes = await page.locator('#connection').evaluateHandle((place) => {
    const changes = { count: 0 };
    new MutationObserver((all) => (changes.count += all.length)).observe(place, { subtree: true, childList: true, characterData: true });
    return changes;
  });
  return () => changes.evaluate(({ count }) => count);
}

test('what is said of a stream that is held back stays while the proxy ends it again and again', async ({ browser, person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Ended', 'Ended');
  await act(streamer, 'Start');
  // The page gives its first event five seconds.
  const faults = { holdsLive: true, endsHeldAfter: 8_000 };
  const { viewer, gateway, leave } = await viewerBehind(browser, server, code, faults);
  const changed = await countBanners(viewer);
  await expect.poll(() => gateway.ended).toBeGreaterThan(1);
  await pressClip(streamer, { note: 'from outside' });
  await expect(rows(viewer)).toContainText(['from outside']);
  expect(await changed()).toBe(0);

  gateway.holdsLive = false;
  await expect(viewer.locator('#connection')).not.toContainText('does not come through');
  await leave();
});

test('a stream of which nothing was ever heard is asked for again, and the page is live', async ({ browser, person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Silent', 'Silent');
  await act(streamer, 'Start');
  // It never ends the first one, as if the connection had died.
  const { viewer, gateway, leave } = await viewerBehind(browser, server, code, { holdsLive: true });
  gateway.holdsLive = false;
  await expect(viewer.locator('#connection')).not.toContainText('does not come through');
  expect(gateway.ended).toBe(0);
  await leave();
});

test('a stream that comes in blocks, each long after it was sent, does not count as live', async ({ browser, person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Blocks', 'Blocks');
  await act(streamer, 'Start');
  const { viewer, gateway, banner, leave } = await viewerBehind(browser, server, code, { liveBlock: 4_096 });
  // It asks for the time, too.
  await expect(viewer.locator('.clock__time')).toHaveText(/^\d\d:\d\d:\d\d$/);
  const changed = await countBanners(viewer);
  // Enough for a block.
  await pressMany(streamer, code, 40);
  await expect(rows(viewer).filter({ hasText: 'note 40' })).toHaveCount(1);
  await act(streamer, 'Pause');
  await expect(viewer.locator('.badge')).toHaveText('Paused');
  await expect(banner).toBeVisible();
  expect(await changed()).toBe(0);

  gateway.liveBlock = 0;
  await expect(banner).toHaveCount(0);
  await leave();
});
