// Whose a press is, only the browser knows that made it: what everybody gets is the same for all.
import type { Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, mintModeratorLink, openSession, pressClip, rows } from '../support/actions';

/** The number beside the viewers' list. */
const count = (page: Page) => page.locator('#latest .count');

const forgetStorage = (page: Page) => page.evaluate(() => localStorage.clear());

test('a hidden press stays on its author’s page through every reload, and on nobody else’s', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Mine', 'Any');
  await act(streamer, 'Start');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const [author, other] = [await person(phone), await person(phone)];
  for (const page of [author, other]) await page.goto(`/s/${code}`);

  await pressClip(author, { note: 'a rude one' });
  const mine = rows(author).filter({ hasText: 'a rude one' });
  await expect(mine.getByText('yours')).toBeVisible();
  await expect(rows(other).filter({ hasText: 'a rude one' })).toBeVisible();
  await expect(other.getByText('yours')).toHaveCount(0);
  await expect(count(author)).toHaveText('1');

  await rows(moderator).getByRole('button', { name: /^Hide/ }).click();
  await expect(rows(other)).toHaveCount(0);
  await expect(count(other)).toHaveText('0');
  for (const forget of [() => Promise.resolve(), () => forgetStorage(author)]) {
    await forget();
    await author.reload();
    await expect(mine.getByText('yours')).toBeVisible();
    await expect(author.getByText('hidden', { exact: true })).toHaveCount(0);
    await expect(count(author)).toHaveText('1');
  }
  await other.reload();
  await expect(count(other)).toHaveText('0');
  await expect(rows(other)).toHaveCount(0);
  await expect(mine).toBeVisible();
});

test('without scripts a hidden press stays on the page of its own presses', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Plain', 'Any');
  await act(streamer, 'Start');
  const [author, other] = [await person({ javaScriptEnabled: false }), await person({ javaScriptEnabled: false })];
  await author.goto(`/s/${code}`);
  await pressClip(author, { note: 'a rude one' });
  await expect(author.getByText(/saved at/i)).toBeVisible();
  await expect(rows(author).getByText('yours')).toBeVisible();
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  await rows(moderator).getByRole('button', { name: /^Hide/ }).click();
  await expect(rows(moderator).getByRole('button', { name: /^Restore/ })).toBeVisible();

  for (const page of [author, other]) {
    await expect(async () => {
      await page.goto(`/s/${code}`);
      await expect(rows(page)).toHaveCount(0);
    }).toPass();
    await page.getByRole('link', { name: 'Show mine too' }).click();
  }
  await expect(rows(author).filter({ hasText: 'a rude one' }).getByText('yours')).toBeVisible();
  await expect(rows(other)).toHaveCount(0);
});

test('a press of a plain form is known as one’s own once scripts come', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Later', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await viewer.evaluate(() => document.querySelector<HTMLFormElement>('.press-form')?.submit());
  await viewer.waitForURL(/pressed=/);
  await viewer.goto(`/s/${code}`);
  await expect(rows(viewer).getByText('yours')).toBeVisible();
});

test('a press for which the storage had no room is its author’s again after a reload, beside those that it had room for', async ({
  person,
}) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Full', 'Any');
  await act(streamer, 'Start');
  const author = await person(phone);
  await author.goto(`/s/${code}`);
  await appRuns(author);
  await author.evaluate(() => {
    for (let text = 'x'.repeat(1 << 20), n = 0; text; n += 1) {
      try {
        localStorage.setItem(`filling.${n}`, text);
      } catch {
        text = text.slice(0, text.length >> 1);
      }
    }
  });
  await pressClip(author, { note: 'no room' });
  await expect(rows(author).filter({ hasText: 'no room' }).getByText('yours')).toBeVisible();
  await author.evaluate(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith('filling.')) localStorage.removeItem(key);
  });
  await pressClip(author, { note: 'kept' });
  await expect(rows(author)).toHaveCount(2);
  await expect(rows(author).getByText('yours')).toHaveCount(2);
  await author.reload();
  await expect(rows(author).getByText('yours')).toHaveCount(2);
});

test('who is forgotten loses the marks in every tab, and nobody else does', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Forgotten', 'Any');
  await act(streamer, 'Start');
  const [author, other] = [await person(), await person()];
  for (const page of [author, other]) {
    await page.goto(`/s/${code}`);
    await pressClip(page, { note: page === author ? 'mine' : 'theirs', name: 'Ciri' });
    await expect(rows(page).getByText('yours')).toHaveCount(1);
  }
  const tab = await author.context().newPage();
  await tab.goto('/privacy');
  await tab.getByLabel('I want to be forgotten').check();
  await tab.getByRole('button', { name: 'Forget me' }).click();
  await expect(tab.getByText(/you are forgotten/i)).toBeVisible();
  for (const page of [author, other]) {
    await expect(rows(page).filter({ hasText: 'mine' })).toHaveCount(0);
    await expect(rows(page).filter({ hasText: 'theirs' })).toHaveCount(1);
  }
  await expect(author.getByText('yours')).toHaveCount(0);
  await expect.poll(() => tab.evaluate(() => localStorage.length)).toBe(0);
  await author.reload();
  await expect(author.getByText('yours')).toHaveCount(0);
  await expect(rows(other).getByText('yours')).toHaveCount(1);
});

test('a browser remembers which pages of the staff it opened, and the viewers’ page tells nobody else', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Desks', 'Any');
  await streamer.goto(`/s/${code}`);
  await expect(streamer.getByRole('link', { name: 'Control panel' })).toBeVisible();
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await expect(viewer.getByRole('button', { name: /^clip that/i })).toBeVisible();
  await expect(viewer.getByRole('link', { name: 'Control panel' })).toHaveCount(0);
});
