// Every page in every theme, with whatever opens on it: no violation that axe-core knows, and nothing sticks out of a narrow window.
import type { BrowserContextOptions, Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, mintModeratorLink, openSession, openTab, pressClip, rows, startAgo, tick } from '../support/actions';
import { fitsWindow, hasLargeTargets, isAccessible } from '../support/checks';
import { fillSession } from '../support/filling';

test.use({ flags: ['--trusted-proxies', '127.0.0.1'] });

const WIDE = { width: 1280, height: 800 };
/** The narrowest that a page has to fit in: https://www.w3.org/TR/WCAG22/#reflow */
const NARROW = { width: 320, height: 640 };
const TITLE = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen';

const themes: Record<string, BrowserContextOptions> = {
  dark: { colorScheme: 'dark' },
  light: { colorScheme: 'light' },
  'forced colours': { forcedColors: 'active' },
};

/** Checks a page: in a narrow window it has to fit, and in a wide one axe looks at it. */
async function check(page: Page, part?: string): Promise<void> {
  for (const viewport of [NARROW, WIDE]) {
    await page.setViewportSize(viewport);
    await fitsWindow(page);
  }
  await isAccessible(page, part);
}

/** Opens a session that has run for 14 minutes, and fills it. Answers its code. */
async function openFilled(streamer: Page): Promise<string> {
  const code = await openSession(streamer, TITLE, 'The Witcher 3: Wild Hunt – Game of the Year Edition');
  await startAgo(streamer, 14);
  await fillSession(new URL(streamer.url()).origin, code, { rows: 60, moments: 6 });
  return code;
}

/** Presses Escape until no dialog is open. */
async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
}

for (const [theme, options] of Object.entries(themes)) {
  test(`the viewers’ page in all its states: ${theme}`, async ({ person }) => {
    const streamer = await person();
    const code = await openFilled(streamer);
    const viewer = await person(options);
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
    await expect(viewer.locator('.moments > .moment')).not.toHaveCount(0);
    await check(viewer);

    await pressClip(viewer, { note: 'W'.repeat(100), name: 'Ciri' });
    await expect(viewer.getByText(/^Saved at/)).toBeVisible();
    const own = viewer.getByRole('region', { name: 'Your presses' });
    await own.getByRole('button', { name: /^Edit/ }).click();
    await expect(own.getByLabel('Note')).toBeVisible();
    await check(viewer);
    await viewer.context().setOffline(true);
    await pressClip(viewer, { note: 'while offline' });
    await expect(viewer.getByText(/^Not sent yet/).first()).toBeVisible();
    await check(viewer);
    await viewer.context().setOffline(false);
    await act(streamer, 'End');
    await expect(viewer.locator('.badge')).toHaveText('Ended');
    await check(viewer);

    const plain = await person({ ...options, javaScriptEnabled: false });
    await plain.setViewportSize(NARROW);
    await plain.goto(`/s/${code}`);
    await fitsWindow(plain);
    await viewer.goto(`/s/${code}/mine`);
    await check(viewer);
  });

  test(`the parts of the desk: ${theme}`, async ({ person }) => {
    const streamer = await person({ ...options, viewport: WIDE });
    await openFilled(streamer);
    await expect(streamer.locator('.moments > .moment')).not.toHaveCount(0);
    // The link that has to be saved is still to be seen.
    await check(streamer);
    await streamer.getByRole('button', { name: 'I saved it' }).click();
    const link = await mintModeratorLink(streamer, 'Anna');

    for (const tab of ['Share', 'Links', 'Rules', 'Log', 'Export', 'Session']) {
      await openTab(streamer, tab);
      await isAccessible(streamer, '.desk-side');
    }
    const session = streamer.getByRole('tabpanel', { name: 'Session', exact: true });
    await session.getByLabel('Word of label 6').fill('WOW!');
    await session.getByRole('form', { name: 'Labels' }).getByRole('button', { name: 'Save' }).click();
    await expect(session.getByText(/Two labels say/)).toBeVisible();
    await isAccessible(streamer, '.desk-side');

    await streamer.setViewportSize(NARROW);
    for (const pane of ['Moments', 'List', 'Stream', 'More']) {
      await streamer.getByRole('tab', { name: pane, exact: true }).click();
      await fitsWindow(streamer);
      await isAccessible(streamer);
    }
    const moderator = await person(options);
    await moderator.goto(link);
    await appRuns(moderator);
    await check(moderator);
  });

  test(`what opens on the desk, and the dock: ${theme}`, async ({ person }) => {
    const streamer = await person({ ...options, viewport: WIDE });
    const code = await openFilled(streamer);
    const moments = streamer.locator('.moments > .moment');
    await mintModeratorLink(streamer, 'Anna');

    // What is done to rows and moments, with what tells that it was done. While the mouse is on the list, no moment is added.
    await expect(moments.nth(2)).toBeVisible();
    await moments.first().click();
    for (const nth of [1, 2]) await tick(moments.nth(nth));
    await moments.nth(0).locator('[data-key="h"]').click();
    await expect(moments.nth(0)).toContainText('Hidden');
    await rows(streamer).nth(0).getByRole('button', { name: /^Hide/ }).click();
    await expect(rows(streamer).nth(0)).toContainText('hidden');
    for (const nth of [1, 2]) await tick(rows(streamer).nth(nth));
    await rows(streamer).nth(3).getByRole('button', { name: /^Edit note/ }).click();
    await expect(streamer.getByLabel(/^Note of/)).toBeVisible();
    await isAccessible(streamer);
    const dialogs = [
      () => rows(streamer).nth(2).getByRole('button', { name: /^Viewer/ }).click(),
      () => moments.nth(1).locator('[data-key="e"]').click(),
      () => streamer.getByRole('button', { name: 'End', exact: true }).click(),
      () => streamer.getByRole('button', { name: 'Keyboard shortcuts' }).click(),
    ];
    for (const open of dialogs) {
      await open();
      await expect(streamer.getByRole('dialog')).toBeVisible();
      await check(streamer, 'dialog[open]');
      await closeDialog(streamer);
    }
    const links = await openTab(streamer, 'Links');
    await links.getByRole('heading', { name: 'Control link', exact: true }).click();
    for (const question of [/^Revoke/, 'Replace the control link']) {
      await streamer.getByRole('button', { name: question }).click();
      await expect(streamer.getByRole('dialog')).toBeVisible();
      await check(streamer, 'dialog[open]');
      await closeDialog(streamer);
    }

    await streamer.goto(`/s/${code}/control?dock`);
    await appRuns(streamer);
    for (const width of [280, 320]) {
      await streamer.setViewportSize({ ...NARROW, width });
      await fitsWindow(streamer);
    }
    await isAccessible(streamer);
  });

  test(`the other pages: ${theme}`, async ({ person }) => {
    const streamer = await person(options);
    await streamer.goto('/');
    await check(streamer);
    await openSession(streamer, 'To be deleted', 'Any');
    const code = await openSession(streamer, TITLE, TITLE);
    await check(streamer);
    await streamer.goto('/');
    await appRuns(streamer);
    await streamer.getByRole('button', { name: 'Delete To be deleted' }).click();
    await expect(streamer.getByText(/^Deleted\. It can be restored/)).toBeVisible();
    await check(streamer);
    await streamer.getByRole('link', { name: `Same again ${TITLE}` }).click();
    await expect(streamer.getByText(/with the settings of/i)).toBeVisible();
    await check(streamer);
    const viewer = await person(options);
    for (const address of [`/s/${code}`, '/privacy', '/nowhere', '/s/000000', `/s/${code}/control`, `/s/${code}/mod`]) {
      await viewer.goto(address);
      await check(viewer);
    }
  });
}

test('on a phone, a finger finds room on everything that can be pressed', async ({ person }) => {
  const streamer = await person();
  const code = await openFilled(streamer);
  const link = await mintModeratorLink(streamer, 'Anna');
  const viewer = await person(phone);
  await viewer.goto('/');
  await hasLargeTargets(viewer);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await pressClip(viewer, { note: 'mine', name: 'Ciri' });
  await viewer.getByRole('region', { name: 'Your presses' }).getByRole('button', { name: /^Edit/ }).click();
  await hasLargeTargets(viewer);
  const moderator = await person(phone);
  await moderator.goto(link);
  await appRuns(moderator);
  for (const pane of ['Moments', 'List', 'Stream', 'More']) {
    await moderator.getByRole('tab', { name: pane, exact: true }).click();
    await hasLargeTargets(moderator);
  }
});
