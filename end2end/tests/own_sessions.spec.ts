// The list of one's own sessions on the start page: found, opened again, deleted, restored.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, appRuns, holdCalls, mintModeratorLink, nextFrame, openSession, pressClip, rows } from '../support/actions';

/** Comes back to a page, as far as it can tell. */
const lookAt = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));

/** Does something that lets the page ask for its sessions, and waits for the answer. */
async function answered(page: Page, ask: () => Promise<unknown>): Promise<void> {
  const answer = page.waitForResponse((response) => response.url().endsWith('/rpc/own_sessions'));
  await ask();
  await (await answer).finished();
}

test('a deleted session is gone for viewers until its streamer restores it', { tag: '@postgres' }, async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Act 1', 'The Witcher 3');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);

  await streamer.goto('/');
  await appRuns(streamer);
  const row = streamer.getByRole('listitem').filter({ hasText: 'Act 1' });
  await row.getByRole('button', { name: 'Delete Act 1' }).click();
  await expect(row.getByRole('status')).toHaveText('Deleted. It can be restored for a day.');
  await expect(row.getByRole('button', { name: 'Restore Act 1' })).toBeFocused();
  await expect(row.getByRole('link')).toBeHidden();
  await expect(viewer.getByText(/session is gone|no session/i).first()).toBeVisible();
  expect((await viewer.goto(`/s/${code}`))?.status()).toBe(404);

  await streamer.reload();
  await appRuns(streamer);
  await expect(row.getByRole('status')).toContainText(/^Deleted\. It can be restored until \d\d \w{3} \d\d:\d\d UTC\.$/);
  await streamer.keyboard.press('Tab');
  await row.getByRole('button', { name: 'Restore Act 1' }).press('Enter');
  await expect(row.getByRole('button', { name: 'Delete Act 1' })).toBeFocused();
  expect((await viewer.goto(`/s/${code}`))?.status()).toBe(200);
});

test('who types something else while a session is being deleted or restored goes on there', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Act 1', 'The Witcher 3');
  await streamer.goto('/');
  await appRuns(streamer);
  const title = streamer.getByLabel('Title');
  const button = (name: string) => streamer.getByRole('button', { name });
  for (const [call, does, undoes] of [
    ['trash_session', 'Delete Act 1', 'Restore Act 1'],
    ['restore_session', 'Restore Act 1', 'Delete Act 1'],
  ]) {
    const held = await holdCalls(streamer, call);
    await button(does).click();
    await expect.poll(() => held.calls).toBe(1);
    await title.click();
    await streamer.keyboard.type('Act');
    held.open();
    await expect(button(undoes)).toBeVisible();
    await nextFrame(streamer);
    await expect(title).toBeFocused();
  }
});

test('pages of the staff that stopped with a deleted session go on once it is restored', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Act 2', 'The Witcher 3');
  const link = await mintModeratorLink(streamer, 'Two');
  await act(streamer, 'Start');
  await pressClip(streamer, { note: 'what was said' });
  await act(streamer, 'End');
  const [loading, acting] = [await person(), await person()];
  for (const page of [loading, acting]) {
    await page.goto(link);
    await expect(rows(page)).toHaveCount(1);
  }
  const gone = (page: Page) => page.getByText('This session is gone', { exact: false }).and(page.locator('.banner span'));

  await streamer.goto('/');
  await appRuns(streamer);
  const row = streamer.getByRole('listitem').filter({ hasText: 'Act 2' });
  await row.getByRole('button', { name: 'Delete Act 2' }).click();
  for (const page of [loading, acting]) {
    await expect(gone(page)).toBeVisible();
    await expect(gone(page)).not.toContainText('new link');
  }
  // While it is gone, nothing is said to be done.
  await rows(acting).getByRole('button', { name: /^Hide/ }).click();
  await expect(rows(acting).getByRole('alert')).not.toBeEmpty();
  await expect(gone(acting)).toBeVisible();

  await row.getByRole('button', { name: 'Restore Act 2' }).click();
  await expect(row.getByRole('button', { name: 'Delete Act 2' })).toBeVisible();
  await loading.getByRole('button', { name: 'Reload' }).click();
  await expect(gone(loading)).toHaveCount(0);
  await expect(rows(loading)).toHaveCount(1);
  // What is done on a page that stopped makes it live again, and shows there.
  await rows(acting).getByRole('button', { name: /^Hide/ }).click();
  for (const page of [loading, acting]) await expect(rows(page)).toContainText(['hidden']);
  await expect(gone(acting)).toHaveCount(0);
});

test('a live session offers no Delete', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'On air', 'Any');
  await act(streamer, 'Start');
  await streamer.goto('/');
  await appRuns(streamer);
  const row = streamer.getByRole('listitem').filter({ hasText: 'On air' });
  await expect(row.getByText('Live', { exact: true })).toBeVisible();
  await expect(row.getByRole('button', { name: /^Delete/ })).toBeHidden();
});

test('Delete keeps the focus when it is refused, because the session is live by now', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Live by now', 'Any');
  const start = await streamer.context().newPage();
  await start.goto('/');
  await appRuns(start);
  const button = start.getByRole('button', { name: 'Delete Live by now' });
  await button.focus();
  await act(streamer, 'Start');
  await button.press('Enter');
  await expect(start.getByText('This session is live. End it first', { exact: false })).toBeVisible();
  await expect(button).toBeFocused();
});

test('"Same again" opens a session with the settings of an earlier one, with or without scripts', async ({ person }) => {
  for (const javaScriptEnabled of [true, false]) {
    const streamer = await person({ javaScriptEnabled });
    await streamer.goto('/');
    await streamer.getByLabel('Title').fill('Act 1');
    await streamer.getByLabel('Game').fill('Chess');
    await streamer.getByRole('button', { name: 'Open the session' }).click();
    await streamer.waitForURL(/\/control/);
    await streamer.goto('/');
    await streamer.getByRole('link', { name: 'Same again Act 1' }).click();
    await expect(streamer.getByText(/with the settings of Act 1/i)).toBeVisible();
    await expect(streamer.getByLabel('Game')).toHaveValue('Chess');
    await streamer.getByLabel('Title').fill('Act 2');
    await streamer.getByRole('button', { name: 'Open the session' }).click();
    await streamer.waitForURL(/\/control/);
    await expect(streamer.getByText('Act 2').first()).toBeVisible();
  }
});

test('"Same again" of a session that was deleted meanwhile says so, and opens one without its settings', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Act 1', 'Chess');
  await streamer.goto('/');
  await streamer.getByRole('link', { name: 'Same again Act 1' }).click();
  await expect(streamer.getByText(/with the settings of Act 1/i)).toBeVisible();
  await appRuns(streamer);
  const other = await streamer.context().newPage();
  await other.goto('/');
  await appRuns(other);
  await other.getByRole('button', { name: 'Delete Act 1' }).click();
  await expect(other.getByRole('button', { name: 'Restore Act 1' })).toBeVisible();

  const gone = streamer.getByRole('alert').filter({ hasText: 'The session whose settings you wanted is gone, or' });
  await streamer.getByLabel('Title').fill('Act 2');
  await streamer.getByRole('button', { name: 'Open the session' }).click();
  await expect(gone).toBeVisible();
  // As from a list that still shows it.
  await streamer.reload();
  await appRuns(streamer);
  await expect(gone).toBeVisible();
  await streamer.getByLabel('Title').fill('Act 2');
  await streamer.getByLabel('Game').fill('Chess');
  await streamer.getByRole('button', { name: 'Open the session' }).click();
  await streamer.waitForURL(/\/control/);
});

test('sessions of one title are told apart by their codes and by when they were opened, with or without scripts', async ({ person }) => {
  for (const javaScriptEnabled of [true, false]) {
    const streamer = await person({ javaScriptEnabled });
    const codes = [];
    for (let nth = 0; nth < 2; nth += 1) {
      await streamer.goto('/');
      await streamer.getByLabel('Title').fill('Act 1');
      await streamer.getByLabel('Game').fill('Chess');
      await streamer.getByRole('button', { name: 'Open the session' }).click();
      await streamer.waitForURL(/\/control/);
      codes.push(/\/s\/(\w{6})\//.exec(streamer.url())![1]!);
    }
    await streamer.goto('/');
    if (javaScriptEnabled) await appRuns(streamer);
    for (const code of codes) {
      const row = streamer.getByRole('listitem').filter({ hasText: code });
      await expect(row).toHaveCount(1);
      await expect(row.locator('.sessions__which')).toHaveText(new RegExp(`^\\s*${code}\\s*opened \\d\\d \\w{3} \\d\\d:\\d\\d UTC\\s*$`));
      await expect(streamer.getByRole('button', { name: `Delete Act 1, code ${code}`, exact: true })).toHaveCount(1);
      for (const link of ['Viewers’ page', 'Same again']) {
        await expect(streamer.getByRole('link', { name: `${link} Act 1, code ${code}`, exact: true })).toHaveCount(1);
      }
    }
  }
});

test('after the turn of the year, rows that are drawn again say in which year their sessions were opened', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Act 1', 'Chess');
  const start = await streamer.context().newPage();
  await start.goto('/');
  await appRuns(start);
  const opened = start.getByRole('listitem').filter({ hasText: 'Act 1' }).locator('.sessions__which');
  await expect(opened).toHaveText(/opened \d\d \w{3} \d\d:\d\d UTC\s*$/);
  await openSession(streamer, 'Act 2', 'Chess');
  await start.evaluate(() => {
    const inAYear = Date.now() + 366 * 24 * 60 * 60 * 1_000;
    Date.now = () => inAYear;
  });
  await lookAt(start);
  await expect(start.getByRole('listitem').filter({ hasText: 'Act 2' })).toBeVisible();
  await expect(opened).toHaveText(/opened \d\d \w{3} \d{4} \d\d:\d\d UTC\s*$/);
});

test('title, game and status stand at the same sides of every row, in whatever direction they are read', async ({ person }) => {
  const streamer = await person({ viewport: { width: 390, height: 844 } });
  await openSession(streamer, 'Read from the left', 'שחמט');
  await openSession(streamer, 'Live by now', 'Chess');
  await act(streamer, 'Start');
  await streamer.goto('/');
  await appRuns(streamer);
  // The sides of what is written, not of the boxes that it is in.
  const sides = (selector: string) =>
    streamer.locator(`.sessions__row ${selector}`).evaluateAll((texts) =>
      texts.map((text) => {
        const { left, right } = text.getBoundingClientRect();
        return [Math.round(left), Math.round(right)] as const;
      }),
    );
  const lefts = [...(await sides('.sessions__title bdi')), ...(await sides('.sessions__game bdi'))].map(([left]) => left);
  expect(new Set(lefts).size).toBe(1);
  const rights = (await sides('.badge')).map(([, right]) => right);
  expect(new Set(rights).size).toBe(1);
});

test('many sessions are searched by title, game and code', async ({ person }) => {
  const streamer = await person();
  await streamer.goto('/');
  const codes = await streamer.evaluate(async () => {
    const codes = [];
    // Words, because digits occur in codes too.
    for (const [n, nth] of ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'].entries()) {
      const answer = await fetch('/rpc/open_session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ title: `Évening, the ${nth}`, game: n % 2 ? 'Draughts' : 'Chess' }),
      });
      codes.push((await answer.json()).code);
    }
    return codes;
  });
  await streamer.goto('/');
  await appRuns(streamer);
  const rows = streamer.locator('.sessions__row:visible');
  await expect(rows).toHaveCount(7);
  const search = streamer.getByLabel('Find a session');
  for (const [words, found] of [
    ['évening third', 1],
    ['chess', 4],
    ['DRAUGHTS éven', 3],
    [codes[4].toLowerCase(), 1],
    ['no such session', 0],
  ] as const) {
    await search.fill(words);
    await expect(rows).toHaveCount(found);
    await expect(streamer.getByText('None of your sessions matches.')).toBeVisible({ visible: found === 0 });
  }
  await search.fill('');
  await expect(rows).toHaveCount(7);
  for (const colorScheme of ['dark', 'light'] as const) {
    await streamer.emulateMedia({ colorScheme });
    const found = await new AxeBuilder({ page: streamer }).analyze();
    expect(found.violations).toEqual([]);
  }
});

test('one of two sessions is found by a word without its accents', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Pokémon – Złota edycja', 'Any');
  await openSession(streamer, 'Act 1', 'The Witcher 3');
  await streamer.goto('/');
  await appRuns(streamer);
  await streamer.getByLabel('Find a session').fill('POKEMON');
  await expect(streamer.getByRole('listitem').filter({ hasText: 'Act 1' })).toBeHidden();
  await expect(streamer.getByRole('listitem').filter({ hasText: 'Pokémon' })).toBeVisible();
  await streamer.getByLabel('Find a session').fill('nothing like it');
  await expect(streamer.getByText('None of your sessions matches.')).toBeVisible();
});

test('whoever goes back to the start page finds the session that they opened, and an empty form', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Act 1', 'The Witcher 3');
  await streamer.goBack();
  await appRuns(streamer);
  const sessions = streamer.getByRole('listitem').filter({ hasText: 'Act 1' });
  await expect(sessions).toHaveCount(1);
  await expect(streamer.getByLabel('Title')).toHaveValue('');
});

test('a start page in another tab shows what was opened and deleted meanwhile, once somebody looks at it', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Act 1', 'The Witcher 3');
  const other = await streamer.context().newPage();
  await other.goto('/');
  await appRuns(other);
  const row = (name: string) => other.getByRole('listitem').filter({ hasText: name });
  await expect(row('Act 1').getByRole('button', { name: /^Delete/ })).toBeVisible();
  await openSession(streamer, 'Act 2', 'The Witcher 3');
  await streamer.goto('/');
  await appRuns(streamer);
  await streamer.getByRole('button', { name: 'Delete Act 1' }).click();
  await expect(streamer.getByRole('button', { name: 'Restore Act 1' })).toBeVisible();
  const look = () => lookAt(other);
  await look();
  await expect(row('Act 2')).toBeVisible();
  await expect(row('Act 1').getByRole('button', { name: 'Restore Act 1' })).toBeVisible();
  await other.getByRole('searchbox').fill('Act 2');
  await expect(row('Act 1')).toBeHidden();
  await other.getByRole('button', { name: 'Delete Act 2' }).click();
  await expect(other.getByRole('button', { name: 'Restore Act 2' })).toBeFocused();

  // The focus stays in the row, whose session was restored meanwhile, and the search as it was.
  await streamer.goto('/');
  await appRuns(streamer);
  await streamer.getByRole('button', { name: 'Restore Act 2' }).click();
  await expect(streamer.getByRole('button', { name: 'Delete Act 2' })).toBeVisible();
  // Whoever comes back had left the window before.
  await other.evaluate(() => dispatchEvent(new Event('blur')));
  await look();
  await expect(other.getByRole('button', { name: 'Delete Act 2' })).toBeFocused();
  await expect(row('Act 1')).toBeHidden();
  await expect(other.getByRole('searchbox')).toHaveValue('Act 2');

  // Nothing changes under a pointer that is down, and all of it does afterwards.
  await openSession(streamer, 'Act 2, again', 'The Witcher 3');
  await other.mouse.move(1, 1);
  await other.mouse.down();
  // What the first answer does is done when there is a second one.
  for (let nth = 0; nth < 2; nth += 1) await answered(other, look);
  await expect(row('Act 2, again')).toHaveCount(0);
  await other.mouse.up();
  await expect(row('Act 2, again')).toBeVisible();
  await expect(row('Act 1')).toBeHidden();
});

test('a session that was opened while another one is deleted appears nevertheless', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Act 1', 'Chess');
  await streamer.goto('/');
  await appRuns(streamer);
  const other = await streamer.context().newPage();
  await openSession(other, 'Act 2', 'Chess');
  // The first answer is still on its way when the session is deleted.
  let comes = () => {};
  const held = new Promise<void>((resolve) => (comes = resolve));
  await streamer.route(
    '**/rpc/own_sessions',
    async (route) => {
      await held;
      await route.continue();
    },
    { times: 1 },
  );
  const asked = streamer.waitForRequest('**/rpc/own_sessions');
  await lookAt(streamer);
  await asked;
  await streamer.getByRole('button', { name: 'Delete Act 1' }).click();
  await expect(streamer.getByRole('listitem').filter({ hasText: 'Act 2' })).toBeVisible();
  await expect(streamer.getByRole('button', { name: 'Restore Act 1' })).toBeFocused();
  comes();
});

test('whoever is in the list of sessions stays in their place when they come back to it', async ({ person }) => {
  const streamer = await person();
  for (const title of ['Act 1', 'Act 2']) await openSession(streamer, title, 'Chess');
  const start = await streamer.context().newPage();
  await start.goto('/');
  await appRuns(start);
  const search = start.getByRole('searchbox');
  await search.fill('Act');
  await search.evaluate((field: HTMLInputElement) => field.setSelectionRange(1, 2));
  for (let nth = 0; nth < 2; nth += 1) await answered(start, () => lookAt(start));
  expect(await search.evaluate((field: HTMLInputElement) => [field.selectionStart, field.selectionEnd])).toEqual([1, 2]);
  await expect(search).toBeFocused();

  // The button goes away: the session is live by now.
  await start.getByRole('button', { name: 'Delete Act 2' }).focus();
  await act(streamer, 'Start');
  await lookAt(start);
  await expect(start.getByRole('link', { name: /^Act 2/ })).toBeFocused();
});
