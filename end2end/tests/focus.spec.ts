// Where the keyboard's focus goes after an act whose button goes away, and what of it a screen reader hears.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, appRuns, crowdPresses, holdCalls, mintModeratorLink, openSession, openTab, pressMany, rows, startAgo, takesPresses, tick } from '../support/actions';

const moments = (page: Page) => page.locator('.moments > .moment');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heard = (page: Page) => page.locator('#announcer');

/** Presses a button as the keyboard does. */
async function enter(pressed: Locator): Promise<void> {
  await pressed.focus();
  await pressed.press('Enter');
}

/** Opens a session that has run for 14 minutes, with three moments. Answers its code. */
async function openWithMoments(streamer: Page): Promise<string> {
  const code = await openSession(streamer, 'Focus', 'Any');
  await startAgo(streamer, 14);
  await crowdPresses(streamer, code, { secondsAgo: 600, visitors: 9, note: 'The boss falls' });
  await crowdPresses(streamer, code, { secondsAgo: 300, visitors: 8, note: 'the Baron laughs' });
  await crowdPresses(streamer, code, { secondsAgo: 60, visitors: 6, note: 'He fell off the bridge' });
  await expect(moments(streamer)).toHaveCount(3);
  return code;
}

for (const [place, query] of [['the desk', ''], ['a dock', '?dock']]) {
  test(`on ${place} the stream’s buttons leave the focus to each other, and all of the staff hear how the stream stands`, async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Focus', 'Any');
    const moderator = await person();
    await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
    await expect(moderator.getByRole('heading', { name: 'Focus' })).toBeVisible();
    await moderator.goto(`/s/${code}/mod${query}`);
    await appRuns(moderator);
    await streamer.goto(`/s/${code}/control${query}`);
    await appRuns(streamer);
    await expect(heard(moderator)).toBeEmpty();

    // From the field for the minutes, too.
    await streamer.getByText('Already running?').click();
    await streamer.getByLabel('Started', { exact: true }).press('Enter');
    await expect(button(streamer, 'Pause')).toBeFocused();
    for (const page of [streamer, moderator]) await expect(heard(page)).toHaveText('Live');
    await takesPresses(button(streamer, 'Pause'));
    await streamer.keyboard.press('Enter');
    await expect(button(streamer, 'Resume')).toBeFocused();
    for (const page of [streamer, moderator]) await expect(heard(page)).toHaveText('Paused');
    await takesPresses(button(streamer, 'Resume'));
    await streamer.keyboard.press('Enter');
    await expect(button(streamer, 'Pause')).toBeFocused();
    for (const page of [streamer, moderator]) await expect(heard(page)).toHaveText('Live');

    await takesPresses(button(streamer, 'End'));
    await enter(button(streamer, 'End'));
    await enter(streamer.getByRole('dialog').getByRole('button', { name: 'End it' }));
    await expect(button(streamer, 'Reopen')).toBeFocused();
    for (const page of [streamer, moderator]) await expect(heard(page)).toHaveText('Ended');
    await takesPresses(button(streamer, 'Reopen'));
    await streamer.keyboard.press('Enter');
    await expect(button(streamer, 'Resume')).toBeFocused();
    for (const page of [streamer, moderator]) await expect(heard(page)).toHaveText('Paused');
  });
}

test('viewers hear that the stream starts, pauses and goes on', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  const code = await openSession(streamer, 'Heard', 'Any');
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await expect(heard(viewer)).toBeEmpty();
  for (const [does, words] of [
    ['Start', 'The stream is live. The button works.'],
    ['Pause', /^The stream is paused\./],
    ['Resume', 'The stream is live. The button works.'],
  ] as const) {
    await act(streamer, does);
    await expect(heard(viewer)).toHaveText(words);
  }
});

test('who was about to end a stream that another page ends goes on with the button that is left', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Focus', 'Any');
  await act(streamer, 'Start');
  const other = await streamer.context().newPage();
  await other.goto(`/s/${code}/control`);
  await appRuns(other);
  await button(other, 'End').focus();
  await act(streamer, 'Pause');
  await expect(heard(other)).toHaveText('Paused');
  await expect(button(other, 'End')).toBeFocused();
  await act(streamer, 'End');
  await expect(button(other, 'Reopen')).toBeFocused();

  await act(streamer, 'Reopen');
  await expect(heard(other)).toHaveText('Paused');
  await takesPresses(button(other, 'End'));
  await enter(button(other, 'End'));
  await expect(other.getByRole('dialog')).toBeVisible();
  await act(streamer, 'End');
  await expect(heard(other)).toHaveText('Ended');
  await other.keyboard.press('Escape');
  await expect(button(other, 'Reopen')).toBeFocused();
});

test('a moment has the focus after it was edited, merged or split, and after that was undone', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  const dialog = streamer.getByRole('dialog');
  const baron = moments(streamer).filter({ hasText: 'the Baron laughs' });
  const id = await baron.getAttribute('data-moment');
  const moment = streamer.locator(`[data-moment="${id}"]`);
  const edit = moment.locator('[data-key="e"]');
  const bar = streamer.locator('.moment-list .undo-bar');

  for (const title of ['The Baron', 'The Bloody Baron']) {
    await enter(edit);
    await dialog.getByLabel('Title').fill(title);
    if (title === 'The Baron') await dialog.getByLabel('Title').press('Enter');
    else await enter(dialog.getByRole('button', { name: 'Save' }));
    await expect(dialog).toBeHidden();
    await expect(moment).toContainText(title);
    await expect(edit).toBeFocused();
  }
  await enter(bar.getByRole('button', { name: 'Undo' }));
  await expect(bar).toBeHidden();
  await expect(moment).toContainText('The Baron');
  await expect(moment).toBeFocused();

  await enter(edit);
  await dialog.getByLabel('Split at').press('Enter');
  await expect(dialog).toBeHidden();
  await expect(moments(streamer)).toHaveCount(4);
  await expect(edit).toBeFocused();
  await enter(bar.getByRole('button', { name: 'Undo' }));
  await expect(moments(streamer)).toHaveCount(3);
  await expect(moment).toBeFocused();

  // Merging, with the button of the moment and with that of the bar.
  const ticked = streamer.locator('.moment-list .bulk-actions');
  const boss = moments(streamer).filter({ hasText: 'The boss falls' });
  for (const merge of [moment.locator('[data-key="m"]'), ticked.getByRole('button', { name: 'Merge', exact: true })]) {
    await tick(boss);
    await tick(moment);
    await enter(merge);
    await expect(ticked).toBeHidden();
    await expect(moments(streamer)).toHaveCount(2);
    await expect(moment).toBeFocused();
    await enter(bar.getByRole('button', { name: 'Undo' }));
    await expect(moments(streamer)).toHaveCount(3);
    await expect(moment).toBeFocused();
  }
  await tick(moment);
  await enter(ticked.getByRole('button', { name: 'Untick all' }));
  await expect(moment).toBeFocused();
  await enter(moment.locator('[data-key="s"]'));
  await enter(bar.getByRole('button', { name: 'Dismiss' }));
  await expect(moment).toBeFocused();
});

test('what was done to a moment, or to many rows, is said aloud', async ({ person }) => {
  const streamer = await person();
  const code = await openWithMoments(streamer);
  const moment = moments(streamer).filter({ hasText: 'the Baron laughs' });
  // Those that are there before anything is said: what a screen reader announces is a change within one.
  const said = (list: string) => streamer.locator(`${list} > p.visually-hidden[role=status]`);
  await expect(said('.moment-list')).toHaveText('');
  await moment.locator('[data-key="s"]').click();
  await expect(said('.moment-list')).toHaveText(/star/);
  await moment.locator('[data-key="h"]').click();
  await expect(said('.moment-list')).toHaveText(/hidden/);
  await pressMany(streamer, code, 1);
  await tick(rows(streamer).filter({ hasText: 'note 1' }));
  await button(streamer, 'Hide 1').click();
  await expect(said('.moderation-list')).toHaveText(/hidden/);
});

test('a row or the list has the focus after rows were hidden, and after that was undone', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Focus', 'Any');
  await act(streamer, 'Start');
  await pressMany(streamer, code, 6);
  await expect(rows(streamer)).toHaveCount(6);
  const list = streamer.locator('.moderation-list');
  const row = (n: number) => rows(streamer).filter({ hasText: `note ${n}` });
  const undo = list.locator('.undo-bar').getByRole('button', { name: 'Undo' });
  const hasFocus = () => list.locator('.moderation-list__rows').evaluate((list) => list.contains(document.activeElement));

  for (const n of [2, 3]) await tick(row(n));
  await enter(button(streamer, 'Hide 2'));
  await expect(list.locator('.timestamp:focus')).toContainText(/note [23]/);
  await enter(undo);
  await expect(list.locator('.undo-bar')).toBeHidden();
  await expect(list.locator('.timestamp:focus')).toContainText(/note [23]/);
  await tick(row(4));
  await enter(list.getByRole('button', { name: 'Untick all' }));
  await expect(row(4)).toBeFocused();

  // The row that takes the place of one that no longer matches the filter.
  await streamer.getByLabel('Show hidden ones').uncheck();
  await enter(row(2).getByRole('button', { name: /^Hide/ }));
  await expect(row(2)).toHaveCount(0);
  await expect(row(3)).toBeFocused();

  await streamer.getByRole('searchbox', { name: 'Filter' }).fill('note');
  await enter(button(streamer, 'Hide all 5 that match the filter'));
  await enter(streamer.getByRole('dialog').getByRole('button', { name: 'Hide', exact: true }));
  await expect(rows(streamer)).toHaveCount(0);
  await expect.poll(hasFocus).toBe(true);
  await enter(undo);
  await expect(rows(streamer)).toHaveCount(5);
  await expect.poll(hasFocus).toBe(true);
});

test('what opened a dialog has the focus once it is closed, though it was drawn again meanwhile, or its list if it is gone', async ({
  person,
}) => {
  const streamer = await person();
  const code = await openWithMoments(streamer);
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  await expect(moments(moderator)).toHaveCount(3);
  const dialog = streamer.getByRole('dialog');
  const moment = moments(streamer).filter({ hasText: 'the Baron laughs' });
  const star = moment.locator('[data-key="s"]');
  const held = await holdCalls(streamer, 'edit_moment');
  await enter(star);
  await expect.poll(() => held.calls).toBe(1);
  await star.press('?');
  await expect(dialog).toBeVisible();
  held.open();
  await expect(moment).toContainText('Starred');
  await streamer.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(star).toBeFocused();

  await pressMany(streamer, code, 2);
  const row = (page: Page, n: number) => rows(page).filter({ hasText: `note ${n}` });
  await streamer.getByLabel('Show hidden ones').uncheck();
  const opens = [
    { n: 1, open: () => row(streamer, 1).press('?') },
    { n: 2, open: () => enter(row(streamer, 2).getByRole('button', { name: /^Viewer/ })) },
  ];
  for (const { n, open } of opens) {
    await open();
    await expect(dialog).toBeVisible();
    await row(moderator, n).getByRole('button', { name: /^Hide/ }).click();
    await expect(row(streamer, n)).toHaveCount(0);
    await streamer.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    const hasFocus = () => streamer.locator('.moderation-list__rows').evaluate((list) => list.contains(document.activeElement));
    await expect.poll(hasFocus).toBe(true);
  }
});

test('the field that selected a range has the focus after the selection was cleared', async ({ person }) => {
  const streamer = await person();
  await openWithMoments(streamer);
  const field = streamer.getByRole('slider', { name: 'Rows from' });
  const clear = streamer.locator('.timeline').getByRole('button', { name: 'Clear', exact: true });
  await field.press('ArrowRight');
  await enter(clear);
  await expect(clear).toBeHidden();
  await expect(field).toBeFocused();

  // The Escape key clears it too, from either of its buttons.
  for (const name of ['Make it a moment …', 'Clear']) {
    await field.press('ArrowRight');
    const button = streamer.locator('.timeline').getByRole('button', { name, exact: true });
    await button.press('Escape');
    await expect(button).toBeHidden();
    await expect(field).toBeFocused();
  }
});

test('the row of a link has the focus after the link was revoked', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Focus', 'Any');
  for (const name of ['Anna', 'Triss']) await mintModeratorLink(streamer, name);
  const links = await openTab(streamer, 'Links');
  await enter(links.getByRole('button', { name: 'Revoke the link of Anna' }));
  await enter(streamer.getByRole('dialog').getByRole('button', { name: /^Revoke/ }));
  await expect(links.locator('.link--revoked:focus')).toContainText('Anna');
  await streamer.keyboard.press('Tab');
  await expect(links.getByRole('button', { name: 'Revoke the link of Triss' })).toBeFocused();
});

test('an entry of the log has the focus after its button undid it', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Focus', 'Any');
  await act(streamer, 'Start');
  await pressMany(streamer, code, 2);
  for (const n of [1, 2]) await rows(streamer).filter({ hasText: `note ${n}` }).getByRole('button', { name: /^Hide/ }).click();
  const log = await openTab(streamer, 'Log');
  const undo = log.getByRole('button', { name: /^Undo/ });
  await expect(undo).toHaveCount(2);
  await enter(undo.first());
  await expect(undo).toHaveCount(1);
  await expect(log.locator('.log__row--undone')).toBeFocused();
  await streamer.keyboard.press('Tab');
  await expect(undo).toBeFocused();
});

test('who has saved or sent a link goes on where it stood', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Focus', 'Any');
  await appRuns(streamer);
  await enter(button(streamer, 'I saved it'));
  await expect(streamer.getByRole('heading', { name: 'Focus' })).toBeFocused();
  const links = await openTab(streamer, 'Links');
  await links.getByLabel('For whom?').fill('Anna');
  await links.getByLabel('For whom?').press('Enter');
  await enter(button(streamer, 'I sent it'));
  await expect(streamer.getByRole('tab', { name: 'Links' })).toBeFocused();
});

test('who has tried to reach the server again goes on at the top of the page once it answers', async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Focus', 'Any');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  const pages = [streamer, viewer];
  for (const page of pages) await appRuns(page);
  await server.stop();
  for (const page of pages) {
    await button(page, 'Try now').focus();
    // It is still there to be tried, after an attempt that failed too.
    for (let attempts = 0; attempts < 2; attempts += 1) {
      const failed = page.waitForEvent('requestfailed', (request) => request.url().includes('/live'));
      await page.keyboard.press('Enter');
      await failed;
      await expect(button(page, 'Try now')).toBeFocused();
    }
  }
  await server.start();
  for (const page of pages) {
    await expect(button(page, 'Try now')).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'Focus' })).toBeFocused();
  }
});

test('in a narrow window, keys that lead to a list without rows leave the focus on its tab', async ({ person }) => {
  const streamer = await person({ viewport: { width: 1000, height: 700 } });
  await openSession(streamer, 'Focus', 'Any');
  for (const keys of [['j'], ['g', 'l']]) {
    const log = await openTab(streamer, 'Log');
    await log.getByRole('button', { name: 'Refresh' }).focus();
    for (const key of keys) await streamer.keyboard.press(key);
    await expect(streamer.getByRole('tab', { name: 'List', exact: true })).toBeFocused();
  }
});
