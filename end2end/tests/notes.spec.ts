// Editing the note of a row while the list changes around it, and what is told of it once its editor is closed.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, appRuns, holdCalls, mintModeratorLink, nextFrame, openSession, pressClip, rows } from '../support/actions';

const row = (page: Page, note: string) => rows(page).filter({ hasText: note });
const editButton = (page: Page, note: string) => row(page, note).getByRole('button', { name: /^Edit note/ });
const field = (page: Page) => page.getByLabel(/^Note of/);
const heard = (page: Page, words: string | RegExp) => page.getByRole('status').filter({ hasText: words });

/** A session that runs, its moderator, and a viewer who has pressed with these notes. */
async function scene(person: () => Promise<Page>, notes: string[]) {
  const streamer = await person();
  const code = await openSession(streamer, 'Notes', 'Any');
  await act(streamer, 'Start');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  for (const note of notes) await pressClip(viewer, { note });
  for (const page of [streamer, moderator]) await expect(rows(page)).toHaveCount(notes.length);
  return { streamer, moderator, viewer };
}

test('a row whose note is edited stays while it no longer matches the filter, and goes once that is saved', async ({ person }) => {
  const { streamer, moderator } = await scene(person, ['first words', 'of another']);
  await moderator.getByLabel('Show hidden ones').uncheck();
  await editButton(moderator, 'first words').click();
  await field(moderator).fill('better words');
  await row(streamer, 'first words').getByRole('button', { name: /^Hide/ }).click();
  const edited = moderator.locator('.timestamp--editing');
  await expect(edited).toContainText('hidden');
  await expect(field(moderator)).toHaveValue('better words');
  await expect(field(moderator)).toBeFocused();
  await field(moderator).press('Enter');
  await expect(row(streamer, 'better words')).toHaveCount(1);
  await expect(rows(moderator)).toHaveCount(1);
  await expect(row(moderator, 'of another')).toBeFocused();

  // Nor does what is typed into the filter take an editor away, and it is left as any other.
  await editButton(moderator, 'of another').click();
  await field(moderator).fill('still being written');
  await moderator.getByRole('searchbox').fill('no such words');
  await expect(row(moderator, 'of another')).toHaveCount(1);
  await expect(field(moderator)).toHaveValue('still being written');
  await field(moderator).press('Escape');
  await expect(rows(moderator)).toHaveCount(0);
});

test('who edits the note of a press that its author takes back hears of it, and their list goes on', async ({ person }) => {
  const { streamer, moderator, viewer } = await scene(person, ['a slip']);
  const colleagues = streamer.getByRole('list', { name: 'Also here' }).getByRole('listitem');
  const list = moderator.locator('.moderation-list__rows');
  // With the keyboard: a pointer over a row's buttons would hold the list, too.
  await editButton(moderator, 'a slip').focus();
  await moderator.keyboard.press('Enter');
  await field(moderator).fill('such a');
  await expect(colleagues).toHaveText([/Anna is editing the note/]);
  await viewer.getByRole('region', { name: 'Your presses' }).getByRole('button', { name: /^Take back/ }).click();
  await expect(rows(moderator)).toHaveCount(0);
  await expect(heard(moderator, 'no longer in the list')).toHaveCount(1);
  // What is still being typed acts on no other row.
  await expect(list).toBeFocused();
  await expect(colleagues).toHaveText([/Anna is here/]);
  await pressClip(viewer, { note: 'meant' });
  await expect(row(moderator, 'meant')).toHaveCount(1);
  await expect(list).toHaveClass(/moderation-list__rows--followed/);
});

test('a note that could not be saved is told in its row, and one that was is heard, after its editor is closed', async ({ person }) => {
  const { streamer, moderator } = await scene(person, ['the first', 'the second']);
  const held = await holdCalls(moderator, 'edit_note');
  await editButton(moderator, 'the first').click();
  await field(moderator).fill('mine');
  await field(moderator).press('Enter');
  await expect.poll(() => held.calls).toBe(1);
  await editButton(moderator, 'the second').click();
  await field(moderator).fill('being written');
  await editButton(streamer, 'the first').click();
  await field(streamer).fill('theirs');
  await field(streamer).press('Enter');
  await expect(row(moderator, 'theirs')).toHaveCount(1);
  held.open();
  await expect(row(moderator, 'theirs').getByRole('alert')).toContainText('It is now “theirs”');
  await expect(field(moderator)).toHaveValue('being written');
  await expect(field(moderator)).toBeFocused();

  const again = await holdCalls(moderator, 'edit_note');
  await field(moderator).press('Enter');
  await expect.poll(() => again.calls).toBe(1);
  await field(moderator).press('Escape');
  await expect(field(moderator)).toBeHidden();
  again.open();
  await expect(heard(moderator, /^The note of .* is saved\.$/)).toHaveCount(1);
  await expect(row(moderator, 'being written')).toHaveCount(1);
});

test('what was typed into an editor stays when that of another row is opened, until it is saved or cancelled', async ({ person }) => {
  const { streamer, moderator } = await scene(person, ['the first', 'the second']);
  const unsaved = moderator.locator('.timestamp__unsaved');
  await editButton(moderator, 'the first').click();
  await field(moderator).fill('better words');
  await editButton(moderator, 'the second').click();
  await expect(field(moderator)).toHaveValue('the second');
  await expect(row(moderator, 'the first').locator(unsaved)).toBeVisible();
  await editButton(moderator, 'the first').click();
  await expect(field(moderator)).toHaveValue('better words');
  // Nothing was typed into the second one's.
  await expect(unsaved).toHaveCount(0);

  await field(moderator).press('Escape');
  await expect(field(moderator)).toBeHidden();
  await expect(unsaved).toHaveCount(0);
  await editButton(moderator, 'the first').click();
  await expect(field(moderator)).toHaveValue('the first');

  // It replaces only the note that its author saw.
  await field(moderator).fill('mine');
  await editButton(moderator, 'the second').click();
  await editButton(streamer, 'the first').click();
  await field(streamer).fill('theirs');
  await field(streamer).press('Enter');
  await expect(row(moderator, 'theirs')).toHaveCount(1);
  await editButton(moderator, 'theirs').click();
  await expect(field(moderator)).toHaveValue('mine');
  await field(moderator).press('Enter');
  await expect(row(moderator, 'theirs').getByRole('alert')).toContainText('It is now “theirs”');
  await field(moderator).press('Enter');
  await expect(row(streamer, 'mine')).toHaveCount(1);
  await expect(unsaved).toHaveCount(0);
});

test('the answer to a saved note leaves the focus where its moderator types by then', async ({ person }) => {
  const { moderator } = await scene(person, ['first words']);
  const held = await holdCalls(moderator, 'edit_note');
  await editButton(moderator, 'first words').click();
  await field(moderator).fill('better words');
  await field(moderator).press('Enter');
  await expect.poll(() => held.calls).toBe(1);
  const press = moderator.getByLabel('What happened?');
  await press.click();
  await moderator.keyboard.type('such a ');
  held.open();
  await expect(field(moderator)).toBeHidden();
  await nextFrame(moderator);
  await expect(press).toBeFocused();
  await moderator.keyboard.type('clutch');
  await expect(press).toHaveValue('such a clutch');
  await expect(row(moderator, 'better words')).not.toContainText('hidden');

  // Whoever waits for the answer goes on where the editor was opened.
  await editButton(moderator, 'better words').click();
  await field(moderator).fill('best words');
  await field(moderator).press('Enter');
  await expect(editButton(moderator, 'best words')).toBeFocused();
});
