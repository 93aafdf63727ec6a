// What becomes of one's own presses, and what can still be changed about them.
import type { Locator, Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, agoFromNow, appRuns, crowdPresses, gate, holdCalls, mintModeratorLink, openSession, openTab, pressClip, pressMany, rows } from '../support/actions';

/** The visitor's own presses, newest first. */
const own = (page: Page) => page.getByRole('region', { name: 'Your presses' }).getByRole('listitem');

/** Opens the page of a viewer who has pressed with these notes. Answers their presses, by note. */
async function withOwnPresses(streamer: Page, viewer: Page, notes: string[]) {
  const code = await openSession(streamer, 'Own', 'Any');
  await act(streamer, 'Start');
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const row = (note: string) => own(viewer).filter({ hasText: note });
  for (const note of notes) {
    await pressClip(viewer, { note });
    await expect(row(note)).toBeVisible();
  }
  const button = (note: string, name: RegExp) => row(note).getByRole('button', { name });
  const section = viewer.getByRole('region', { name: 'Your presses' });
  return { section, row, button, note: section.getByLabel('Note'), save: section.getByRole('button', { name: 'Save' }) };
}

test('an author reads what became of a press, and reads the same if it is hidden', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Life', 'Any');
  await act(streamer, 'Start');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const author = await person(phone);
  await author.goto(`/s/${code}`);
  await appRuns(author);
  await expect(author.getByRole('region', { name: 'Your presses' })).toHaveCount(0);

  await pressClip(author, { note: 'what a jump' });
  await expect(own(author)).toContainText('what a jump');
  await expect(own(author)).toContainText('Saved');
  // Some of them are sent as if they had waited for two seconds, which must not lie before the start.
  await author.waitForTimeout(2_500);
  await crowdPresses(author, code, { secondsAgo: 0, visitors: 8, note: 'the jump' });
  await expect(own(author)).toContainText('8 others clipped this');

  await rows(moderator).filter({ hasText: 'what a jump' }).getByRole('button', { name: /^Hide/ }).click();
  const other = await person();
  await other.goto(`/s/${code}`);
  await expect(rows(other)).toHaveCount(8);
  await expect(own(author)).toContainText('8 others clipped this');
  await author.reload();
  await expect(own(author)).toContainText('8 others clipped this');

  // The same once the list that the page loads does not reach back to it. Everybody counted there is another viewer.
  await pressMany(moderator, code, 250);
  await expect(other.locator('#timestamp-count')).toHaveText('258');
  await author.reload();
  await expect(own(author)).toContainText('others clipped this');
  const number = async (told: Locator, words: RegExp) => Number(words.exec(await told.innerText())?.[1]);
  const jump = other.locator('.moments > .moment').filter({ hasText: 'the jump' }).first();
  const difference = async () => (await number(own(author), /(\d+) others/)) - (await number(jump, /(\d+) viewers/));
  await expect.poll(difference).toBe(0);
});

test('a moment shows its author the label and the note of a hidden press as before', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Labelled', 'Any');
  await act(streamer, 'Start');
  const [moderator, author] = [await person(), await person()];
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  await author.goto(`/s/${code}`);
  await appRuns(author);
  // Some of them are sent as if they had waited for two seconds, which must not lie before the start.
  await author.waitForTimeout(2_500);
  const ago = agoFromNow();
  await crowdPresses(author, code, { secondsAgo: ago(0), visitors: 8, note: 'wow' });
  await author.getByLabel('What happened?').fill('what a jump');
  await author.getByRole('button', { name: 'funny' }).click();
  const moments = (page: Page) => page.locator('.moments > .moment');
  for (const page of [moderator, author]) {
    await expect(moments(page)).toContainText('what a jump');
    await expect(moments(page).locator('.label')).toHaveText('funny 1');
  }
  await rows(moderator).filter({ hasText: 'what a jump' }).getByRole('button', { name: /^Hide/ }).click();
  await expect(moments(moderator).locator('.label')).toHaveCount(0);
  // What comes after it was hidden has come.
  await crowdPresses(author, code, { secondsAgo: ago(0), visitors: 1, note: 'wow' });
  await expect(moments(author)).toContainText('10 viewers');
  for (const reload of [false, true]) {
    if (reload) await author.reload();
    await expect(moments(author)).toContainText('what a jump');
    await expect(moments(author).locator('.label')).toHaveText('funny 1');
    await expect(author.locator('.timeline__moment title')).toContainText('what a jump');
  }
});

test('a press is edited in its row by keyboard, and everybody reads the new words', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Edited', 'Any');
  await act(streamer, 'Start');
  const [author, other] = [await person(), await person()];
  for (const page of [author, other]) {
    await page.goto(`/s/${code}`);
    await appRuns(page);
  }
  await pressClip(author, { note: 'befor' });
  const edit = own(author).getByRole('button', { name: /^Edit/ });
  await edit.focus();
  await author.keyboard.press('Enter');
  const note = own(author).getByLabel('Note');
  await expect(note).toBeFocused();
  await expect(note).toHaveValue('befor');

  // Escape leaves it as it was, and the focus is where it came from.
  await note.fill('never mind');
  await author.keyboard.press('Escape');
  await expect(edit).toBeFocused();
  await expect(own(author)).toContainText('befor');

  await author.keyboard.press('Enter');
  await note.fill('x'.repeat(101));
  await expect(own(author).getByText('1 too many')).toBeVisible();
  await author.keyboard.press('Enter');
  await expect(author.getByRole('alert').filter({ hasText: /at most 100/ })).toBeVisible();

  // What others do meanwhile does not touch what is being typed.
  await note.fill('after the laugh');
  await pressClip(other, { note: 'somebody else' });
  await expect(rows(author)).toHaveCount(2);
  await expect(note).toHaveValue('after the laugh');
  await note.press('Enter');
  await expect(own(author)).toContainText('after the laugh');
  await expect(edit).toBeFocused();
  await expect(rows(other).filter({ hasText: 'after the laugh' })).toBeVisible();
  await expect(rows(other).filter({ hasText: 'befor' })).toHaveCount(0);
});

test('every press that can still be changed is listed, however many there are', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Many', 'Any');
  await act(streamer, 'Start');
  const author = await person(phone);
  await author.goto(`/s/${code}`);
  await appRuns(author);
  for (let press = 1; press <= 7; press++) await pressClip(author, { note: `press ${press}` });
  await expect(own(author)).toHaveCount(7);
  const oldest = own(author).filter({ hasText: 'press 1' });
  await oldest.getByRole('button', { name: /^Edit/ }).click();
  await author.getByRole('region', { name: 'Your presses' }).getByLabel('Note').fill('the very first');
  await author.getByRole('region', { name: 'Your presses' }).getByRole('button', { name: 'Save' }).click();
  await expect(rows(streamer).filter({ hasText: 'the very first' })).toHaveCount(1);
  await expect(own(author).last()).toContainText('the very first');
});

test('a press that is taken back leaves every list, and stays away', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Taken back', 'Any');
  await act(streamer, 'Start');
  const [author, other] = [await person(phone), await person()];
  for (const page of [author, other]) {
    await page.goto(`/s/${code}`);
    await appRuns(page);
  }
  await pressClip(author, { note: 'a slip' });
  await expect(rows(other)).toHaveCount(1);
  await expect(author.getByText(/^Saved at/)).toBeVisible();
  await own(author).getByRole('button', { name: /^Take back/ }).click();
  await expect(author.locator('#press-result')).toHaveText('Your press was taken back.');
  await expect(author.getByText('Your press was taken back.')).toHaveCount(1);
  for (const page of [author, other, streamer]) await expect(rows(page)).toHaveCount(0);
  await expect(own(author)).toHaveCount(0);
  await author.reload();
  await appRuns(author);
  await expect(rows(author)).toHaveCount(0);
  await expect(author.getByRole('region', { name: 'Your presses' })).toHaveCount(0);
});

test('what is said of a press that was taken back goes in every tab, and of a later press it stays', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Two tabs', 'Any');
  await act(streamer, 'Start');
  const tab = await person();
  const other = await tab.context().newPage();
  for (const page of [tab, other]) {
    await page.goto(`/s/${code}`);
    await appRuns(page);
  }
  const takeBack = (page: Page, note: string) =>
    own(page).filter({ hasText: note }).getByRole('button', { name: /^Take back/ }).click();
  await pressClip(tab, { note: 'first' });
  await expect(tab.getByText(/^Saved at/)).toBeVisible();
  await takeBack(other, 'first');
  await expect(other.locator('#press-result')).toHaveText('Your press was taken back.');
  await expect(tab.getByText(/^Saved at/)).toHaveCount(0);

  for (const note of ['second', 'third']) {
    await pressClip(tab, { note });
    await expect(rows(tab).filter({ hasText: note })).toBeVisible();
  }
  // After the first one nothing is taken back for as long as that may have been meant.
  await other.waitForTimeout(700);
  await takeBack(other, 'second');
  await expect(rows(tab)).toHaveCount(1);
  await expect(tab.getByText(/^Saved at/)).toBeVisible();

  // After the end there is no button to say it below: it is announced.
  await act(streamer, 'End');
  await expect(tab.getByText('Ended', { exact: true })).toBeVisible();
  await takeBack(tab, 'third');
  await expect(rows(tab)).toHaveCount(0);
  await expect(tab.locator('#announcer')).toHaveText('Your press was taken back.');
});

test('a press that a moderator has edited can’t be edited by its author, in whichever tab', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Moderated', 'Any');
  await act(streamer, 'Start');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const tab = await person();
  const other = await tab.context().newPage();
  for (const page of [tab, other]) {
    await page.goto(`/s/${code}`);
    await appRuns(page);
  }
  const edit = (page: Page) => own(page).getByRole('button', { name: /^Edit/ });
  const takeBack = (page: Page) => own(page).getByRole('button', { name: /^Take back/ });
  await pressClip(tab, { note: 'as it was' });
  // What the author edits stays theirs in both tabs, whether the answer or the stream is faster.
  for (const [page, note] of [[tab, 'once more'], [other, 'and again']] as const) {
    await edit(page).click();
    await own(page).getByLabel('Note').fill(note);
    await own(page).getByLabel('Note').press('Enter');
    for (const shown of [tab, other]) {
      await expect(own(shown)).toContainText(note);
      await expect(edit(shown)).toHaveCount(1);
    }
  }
  // Where the moderator began from an earlier note, theirs would not be saved at once.
  await expect(rows(moderator)).toContainText('and again');
  // Somebody who is writing keeps what they wrote, and reads why it can't be saved.
  await edit(tab).click();
  await own(tab).getByLabel('Note').fill('my own words');
  await rows(moderator).getByRole('button', { name: /^Edit note/ }).click();
  await moderator.getByLabel(/^Note of/).fill('in better words');
  await moderator.keyboard.press('Enter');
  await expect(own(other)).toContainText('in better words');
  await own(tab).getByLabel('Note').press('Enter');
  await expect(tab.getByRole('alert').filter({ hasText: /moderator has changed this press/ })).toBeVisible();
  await expect(own(tab).getByLabel('Note')).toHaveValue('my own words');
  await tab.keyboard.press('Escape');
  for (const reload of [false, true]) {
    for (const page of [tab, other]) {
      if (reload) await page.reload();
      await appRuns(page);
      await expect(takeBack(page)).toHaveCount(1);
      await expect(own(page)).toContainText('in better words');
      await expect(edit(page)).toHaveCount(0);
    }
  }
});

test('a press can be edited again once a moderator’s edit was undone, and after an answer was lost', async ({ person }) => {
  const [streamer, author] = [await person(), await person()];
  const { section, row, button, note } = await withOwnPresses(streamer, author, ['as it was']);
  const theirs = rows(streamer).filter({ hasText: /as it was|better words|mine/ });
  await theirs.getByRole('button', { name: /^Edit note/ }).click();
  await streamer.getByLabel(/^Note of/).fill('in better words');
  await streamer.keyboard.press('Enter');
  await expect(row('in better words')).toBeVisible();
  await expect(button('in better words', /^Edit/)).toHaveCount(0);
  const log = await openTab(streamer, 'Log');
  const edited = log.locator('.log__row').filter({ hasText: 'in better words' });
  await edited.getByRole('button', { name: /^Undo/ }).click();
  await expect(button('as it was', /^Edit/)).toBeVisible();

  // The server changes it, the page never hears so from it.
  await author.route('**/rpc/edit_own', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await button('as it was', /^Edit/).click();
  await note.fill('mine');
  await note.press('Enter');
  await expect(section.getByRole('alert')).toContainText('isn’t known whether this was done');
  await expect(rows(streamer)).toContainText('mine');
  await author.keyboard.press('Escape');
  await expect(button('mine', /^Edit/)).toBeVisible();
});

test('what a viewer changes of their presses while a change is awaited is saved after it, and no answer closes what was typed since', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  const { row, button, note, save } = await withOwnPresses(streamer, viewer, ['first', 'second']);
  const held = await holdCalls(viewer, 'edit_own');
  await button('first', /^Edit/).click();
  for (const words of ['changed once', 'changed at last', 'changed at last']) {
    await note.fill(words);
    await note.press('Enter');
    await expect(save).toHaveAttribute('aria-busy', 'true');
  }
  await button('second', /^Edit/).click();
  await expect(save).not.toHaveAttribute('aria-busy');
  await expect(button('first', /^Edit/)).toHaveAttribute('aria-busy', 'true');
  await note.fill('another one');
  await note.press('Enter');
  await note.fill('another one, longer');
  await expect.poll(() => held.calls).toBe(1);
  held.open();
  await expect(row('changed at last')).toBeVisible();
  for (const words of ['changed at last', 'another one']) await expect(rows(streamer).filter({ hasText: words })).toHaveCount(1);
  await expect(save).not.toHaveAttribute('aria-busy');
  await expect(note).toHaveValue('another one, longer');
  await expect(note).toBeFocused();
  expect(held.calls).toBe(3);
  await note.press('Enter');
  await expect(note).toHaveCount(0);
  await expect(row('another one, longer')).toBeVisible();
  expect(held.calls).toBe(4);
});

test('why a viewer’s press was not changed is said with its time while another one is edited', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  const { section, button, note } = await withOwnPresses(streamer, viewer, ['first', 'second']);
  const { open, opened } = gate();
  await viewer.route('**/rpc/edit_own', async (route) => {
    await opened;
    await route.abort();
  });
  await button('first', /^Edit/).click();
  await note.fill('not saved');
  await note.press('Enter');
  await button('second', /^Edit/).click();
  await note.fill('still written');
  open();
  await expect(section.getByRole('alert')).toHaveText(/^\d\d:\d\d:\d\d: No answer came from the server/);
  await expect(note).toHaveValue('still written');
  await note.press('Enter');
  await expect(section.getByRole('alert')).toHaveText(/^No answer came from the server/);
  await expect(note).toHaveValue('still written');
});

test('presses that are taken back one after the other all go', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  const { section, button } = await withOwnPresses(streamer, viewer, ['first', 'second', 'third']);
  const held = await holdCalls(viewer, 'take_back');
  for (const note of ['first', 'second']) {
    await button(note, /^Take back/).press('Enter');
    await expect(button(note, /^Take back/)).toHaveAttribute('aria-busy', 'true');
    await expect(button(note, /^Take back/)).toBeFocused();
    // Longer than one intention takes.
    await viewer.waitForTimeout(700);
  }
  await expect.poll(() => held.calls).toBe(1);
  held.open();
  await expect(own(viewer)).toHaveCount(1);
  await expect(rows(streamer)).toHaveCount(1);
  await expect(rows(streamer)).toContainText('third');
  await expect(section.getByRole('heading')).toBeFocused();
  expect(held.calls).toBe(2);
});

test('on a phone a press is low, and its buttons stand side by side', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Low', 'Any');
  await act(streamer, 'Start');
  const author = await person(phone);
  await author.goto(`/s/${code}`);
  await pressClip(author, { note: 'what a jump', name: 'Sam' });
  const buttons = own(author).getByRole('button');
  await expect(buttons).toHaveText(['Edit', 'Take back']);
  for (const forcedColors of ['none', 'active'] as const) {
    await author.emulateMedia({ forcedColors });
    for (const width of [320, 375, 390, 402]) {
      await author.setViewportSize({ width, height: 844 });
      const [row, edit, takeBack] = await Promise.all(
        [own(author), buttons.first(), buttons.last()].map(async (place) => (await place.boundingBox())!),
      );
      expect(row.height).toBeLessThan(132);
      expect(edit.y).toBe(takeBack.y);
      expect(takeBack.x).toBeGreaterThanOrEqual(edit.x + edit.width);
    }
  }
});
