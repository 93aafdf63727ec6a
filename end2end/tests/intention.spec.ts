// One intention, one press: keys that are held, clicks that come twice, keys that belong to an input method.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, appRuns, clickTwice, crowdPresses, gate, holdCalls, openSession, pressClip, rows, startAgo, takesPresses, unsent } from '../support/actions';

/** Whether the page takes these keys for itself, so that the browser does nothing of its own. They are pressed at once. */
function isTaken(page: Page, ...keys: string[]): Promise<boolean> {
  return page.evaluate((keys) => {
    const events = keys.map((key) => new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    return events.map((event) => !document.body.dispatchEvent(event)).every((isTaken) => isTaken);
  }, keys);
}

/**
 * Clicks the button that the selector finds, or else this one, and this one once more as soon as it does something else. It happens
 * within the page: from outside it may take longer than an intention.
 */
async function clickAgainOnceItChanged(button: Locator, selector?: string): Promise<void> {
  await button.evaluate(async (button: HTMLButtonElement, selector) => {
    const { value } = button;
    const changed = new Promise<void>((resolve) => {
      const changes = new MutationObserver(() => {
        if (button.value === value) return;
        changes.disconnect();
        resolve();
      });
      changes.observe(button, { attributes: true });
    });
    const first = selector ? document.querySelector<HTMLElement>(selector)! : button;
    first.click();
    await changed;
    // Where the answer is here, nothing but the half second keeps the command from being given.
    for (const until = performance.now() + 300; button.ariaBusy && performance.now() < until; ) {
      await new Promise((next) => setTimeout(next));
    }
    button.click();
  }, selector);
}

/**
 * Clicks the first button that the selector finds and, as soon as its row is gone, the one that is the first by then: a double click
 * does that, since the rows move up under the pointer. It happens within the page: from outside it may take longer than an intention.
 */
async function clickThroughRow(page: Page, selector: string): Promise<void> {
  await page.evaluate(async (selector) => {
    const first = () => document.querySelector<HTMLElement>(selector)!;
    const row = () => first().closest<HTMLElement>('[data-id]')!.dataset.id;
    const removed = row();
    first().click();
    while (row() === removed) await new Promise((next) => setTimeout(next));
    first().click();
  }, selector);
}

test('one intention is one press, however it is made', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Once', 'Once');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const note = viewer.getByLabel('What happened?');
  const button = viewer.getByRole('button', { name: /^clip that/i });
  let presses = 0;
  const isOneMore = async () => {
    presses += 1;
    await expect(rows(viewer)).toHaveCount(presses);
    await expect(viewer.locator('#press-result')).toHaveText(/^Saved/);
    // Longer than one intention takes.
    await viewer.waitForTimeout(700);
    await expect(rows(viewer)).toHaveCount(presses);
  };

  await note.fill('Enter, held in the field');
  for (let n = 0; n < 20; n += 1) await viewer.keyboard.down('Enter');
  await viewer.keyboard.up('Enter');
  await isOneMore();

  await clickTwice(button);
  await isOneMore();

  await button.focus();
  for (let n = 0; n < 20; n += 1) await viewer.keyboard.down('Enter');
  await viewer.keyboard.up('Enter');
  await isOneMore();

  await viewer.evaluate(() => (document.activeElement as HTMLElement).blur());
  // In a low window, the page could scroll.
  await viewer.setViewportSize({ width: 800, height: 300 });
  const scrolled = () => viewer.evaluate(() => window.scrollY);
  const before = await scrolled();
  for (let n = 0; n < 20; n += 1) await viewer.keyboard.down('Space');
  await viewer.keyboard.up('Space');
  await isOneMore();
  expect(await scrolled()).toBe(before);

  // Two notes are two intentions, however fast.
  await note.fill('first');
  await viewer.keyboard.press('Enter');
  await note.fill('second');
  await viewer.keyboard.press('Enter');
  presses += 1;
  await isOneMore();
});

for (const [place, query] of [['the desk', ''], ['a dock', '?dock']]) {
  test(`on ${place} one intention is one command, though the button does the opposite by then`, async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Once', 'Any');
    await streamer.goto(`/s/${code}/control${query}`);
    await appRuns(streamer);
    const button = (name: string) => streamer.getByRole('button', { name, exact: true });
    const first = streamer.locator('.stream-controls__buttons > :first-child');
    let commands = 0;
    let answered = Promise.resolve();
    await streamer.route('**/rpc/act', async (route) => {
      commands += 1;
      const answer = await route.fetch();
      await answered;
      await route.fulfill({ response: answer });
    });
    const isLast = async (count: number, next: string) => {
      await takesPresses(first);
      await expect(button(next)).toBeVisible();
      expect(commands).toBe(count);
    };

    await clickAgainOnceItChanged(first);
    await isLast(1, 'Pause');
    await clickAgainOnceItChanged(first);
    await isLast(2, 'Resume');
    await clickTwice(first);
    await isLast(3, 'Pause');

    // The page hears of the pause before its own request is answered, and nobody knows how long that takes.
    const { open, opened } = gate();
    answered = opened;
    await first.focus();
    await streamer.keyboard.press('Enter');
    await expect(button('Resume')).toBeFocused();
    await expect(first).not.toHaveAttribute('data-cooling');
    await expect(first).toHaveAttribute('aria-busy', 'true');
    for (const key of ['Enter', 'Space']) await streamer.keyboard.press(key);
    await first.click();
    await expect(button('Resume')).toBeFocused();
    open();
    await isLast(4, 'Resume');

    // Nor does whoever confirms twice open it again.
    await button('End').click();
    await clickAgainOnceItChanged(first, 'dialog[open] .button--danger');
    await isLast(5, 'Reopen');
    await expect(button('Reopen')).toBeFocused();
    await streamer.keyboard.press('Enter');
    await isLast(6, 'Resume');
  });
}

test('a key that is held on a button of a row or a moment does one thing, and so does a slow double click', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Once', 'Any');
  await startAgo(streamer, 14);
  await crowdPresses(streamer, code, { secondsAgo: 300, visitors: 5, note: 'a jump' });
  await expect(rows(streamer)).toHaveCount(5);
  await expect(streamer.locator('.moments > .moment')).toHaveCount(1);
  let calls = 0;
  await streamer.route(/\/rpc\/(hide|restore|edit_moment)$/, (route) => ((calls += 1), route.continue()));
  const row = await rows(streamer).first().getAttribute('data-id');
  const moment = await streamer.locator('.moments > .moment').getAttribute('data-moment');
  const buttons = [`.timestamps [data-id="${row}"] [data-does="toggle"]`, `[data-moment="${moment}"] [data-does="star"]`, `[data-moment="${moment}"] [data-does="hide"]`];
  for (const selector of buttons) {
    const button = streamer.locator(selector);
    const isOneMore = async (before: string) => {
      await expect(button).not.toHaveText(before);
      // Longer than one intention takes.
      await streamer.waitForTimeout(700);
      await expect(button).not.toHaveText(before);
      expect(calls, selector).toBe(1);
      calls = 0;
      return button.innerText();
    };
    const name = await button.innerText();
    await button.focus();
    for (let n = 0; n < 20; n += 1) await streamer.keyboard.down('Enter');
    const changed = await isOneMore(name);
    await streamer.keyboard.up('Enter');
    // Within the page: from outside it may take longer than an intention.
    await streamer.evaluate(async (selector) => {
      const button = () => document.querySelector<HTMLElement>(selector)!;
      const click = () => button().dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));
      const [name, began] = [button().innerText, performance.now()];
      click();
      while (button().innerText === name && performance.now() - began < 300) await new Promise((next) => setTimeout(next));
      click();
    }, selector);
    await isOneMore(changed);
  }
});

for (const [awaited, happens] of [['Pause', 'succeeds'], ['Pause', 'fails'], ['Resume', 'succeeds']] as const) {
  test(`a stream that is ended while ${awaited} is awaited ends after that ${happens}`, async ({ person }) => {
    const streamer = await person();
    await openSession(streamer, 'Ends', 'Any');
    await act(streamer, 'Start');
    if (awaited === 'Resume') await act(streamer, 'Pause');
    const { open, opened } = gate();
    let commands = 0;
    await streamer.route('**/rpc/act', async (route) => {
      commands += 1;
      const fails = happens === 'fails' && commands === 1;
      await opened;
      await (fails ? route.abort() : route.continue());
    });
    const button = streamer.getByRole('button', { name: awaited, exact: true });
    await takesPresses(button);
    await button.click();
    await expect.poll(() => commands).toBe(1);
    await streamer.getByRole('button', { name: 'End', exact: true }).click();
    await streamer.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await expect(streamer.getByRole('dialog')).toBeHidden();
    expect(commands).toBe(1);
    open();
    await expect(streamer.getByRole('button', { name: 'Reopen', exact: true })).toBeVisible();
    expect(commands).toBe(2);
  });
}

test('who confirms the end twice is not asked again', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Once', 'Any');
  await act(streamer, 'Start');
  const held = await holdCalls(streamer, 'act');
  await streamer.getByRole('button', { name: 'End', exact: true }).click();
  const dialog = streamer.getByRole('dialog');
  await dialog.getByRole('button', { name: 'End it' }).focus();
  await streamer.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(streamer.getByRole('button', { name: 'End', exact: true })).toBeFocused();
  await streamer.keyboard.press('Enter');
  await expect.poll(() => held.calls).toBe(1);
  await expect(dialog).toBeHidden();
  held.open();
  await expect(streamer.getByRole('button', { name: 'Reopen', exact: true })).toBeVisible();
  await expect(dialog).toBeHidden();
  expect(held.calls).toBe(1);
});

test('what a colleague does keeps nobody from ending the stream', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Both', 'Any');
  await act(streamer, 'Start');
  await takesPresses(streamer.getByRole('button', { name: 'Pause', exact: true }));
  const other = await streamer.context().newPage();
  await other.goto(`/s/${code}/control`);
  await appRuns(other);
  const end = streamer.getByRole('button', { name: 'End', exact: true });
  const asked = end.evaluate(async (end: HTMLElement) => {
    const first = end.parentElement!.querySelector<HTMLButtonElement>(':first-child')!;
    while (first.value !== 'resume') await new Promise((next) => requestAnimationFrame(next));
    end.click();
  });
  await act(other, 'Pause');
  await asked;
  await expect(streamer.getByRole('dialog')).toBeVisible();
});

test('a press is felt and shown at once, also while the server is away', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Felt', 'Any');
  await act(streamer, 'Start');
  for (const canVibrate of [true, false]) {
    const viewer = await person();
    await viewer.addInitScript((canVibrate) => {
      const ticks: unknown[] = [];
      const cooled: number[] = [];
      Object.assign(window, { ticks, cooled });
      // Safari and Firefox have none.
      delete (Navigator.prototype as Partial<Navigator>).vibrate;
      if (canVibrate) Object.assign(Navigator.prototype, { vibrate: (ms: number) => ticks.push(ms) > 0 });
      let since = 0;
      new MutationObserver(([change]) => {
        const is = (change.target as Element).hasAttribute('data-cooling');
        if (is) since = performance.now();
        else cooled.push(performance.now() - since);
      }).observe(document, { subtree: true, attributeFilter: ['data-cooling'] });
    }, canVibrate);
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
    await viewer.route('**/rpc/submit', (route) => route.abort());
    await clickTwice(viewer.getByRole('button', { name: /^clip that/i }));
    await expect.poll(() => viewer.evaluate('cooled.length')).toBe(1);
    const [cooled] = await viewer.evaluate<number[]>('cooled');
    expect(cooled).toBeGreaterThan(450);
    expect(await viewer.evaluate('ticks')).toEqual(canVibrate ? [10] : []);
    await expect(viewer.locator('html')).toHaveAttribute('data-app', 'runs');
  }
});

test('keys with modifiers, and those of an input method, are no presses', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Keys', 'Keys');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  for (const modifier of ['Shift', 'Control', 'Alt', 'Meta']) await viewer.keyboard.press(`${modifier}+Space`);
  await viewer.evaluate(() => {
    const key = (init: KeyboardEventInit) =>
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true, cancelable: true, ...init }));
    key({ isComposing: true });
    key({ keyCode: 229 } as KeyboardEventInit);
    key({ repeat: true });
  });
  // What follows is another intention: if one of these were a press, there would be two.
  await viewer.waitForTimeout(700);
  await viewer.keyboard.press('Space');
  await expect(rows(viewer)).toHaveCount(1);
  await viewer.waitForTimeout(700);
  await expect(rows(viewer)).toHaveCount(1);
});

test('on the pages of the staff the space bar scrolls and the letter C presses', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Letters', 'Letters');
  await act(streamer, 'Start');
  await expect(streamer.getByRole('button', { name: 'Clip that! C' })).toBeVisible();
  expect(await isTaken(streamer, ' ')).toBe(false);
  // Typed into a field it is a letter, and with another key it is the browser's.
  const note = streamer.getByLabel('What happened?');
  await note.press('c');
  await expect(note).toHaveValue('c');
  await note.fill('');
  await note.blur();
  await streamer.keyboard.press('Control+c');
  expect(await isTaken(streamer, 'c', 'C')).toBe(true);
  await expect(rows(streamer)).toHaveCount(1);
  await streamer.waitForTimeout(700);
  await streamer.keyboard.press('c');
  await expect(rows(streamer)).toHaveCount(2);
});

test('keys that are single characters can be switched off, which this browser remembers', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Spoken', 'Letters');
  await act(streamer, 'Start');
  const button = streamer.getByRole('button', { name: 'Clip that! C' });
  const setKeys = async (isOn: boolean) => {
    await streamer.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    const dialog = streamer.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(dialog.getByLabel('Single-key shortcuts')).toBeChecked({ checked: !isOn });
    await dialog.getByLabel('Single-key shortcuts').setChecked(isOn);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(dialog).toBeHidden();
  };
  await setKeys(false);
  await expect(button).toHaveCount(0);
  for (const key of ['c', 'j', '/']) expect(await isTaken(streamer, key)).toBe(false);

  await streamer.reload();
  await appRuns(streamer);
  await expect(button).toHaveCount(0);
  for (const key of ['c', 'j', '/']) expect(await isTaken(streamer, key)).toBe(false);
  await expect(rows(streamer)).toHaveCount(0);

  await setKeys(true);
  await expect(button).toBeVisible();
  expect(await isTaken(streamer, 'c')).toBe(true);
  await expect(rows(streamer)).toHaveCount(1);

  // Buttons and tabs name their keys for as long as there are any.
  const hide = rows(streamer).getByRole('button', { name: /^Hide/ });
  const tab = streamer.getByRole('tab', { name: 'Links', exact: true });
  await hide.hover();
  await expect(hide).toHaveAttribute('title', 'Hide or restore (H)');
  await expect(tab).toHaveAttribute('title', /^G ./);
  await setKeys(false);
  await hide.hover();
  await expect(hide).toHaveAttribute('title', 'Hide or restore');
  await expect(tab).not.toHaveAttribute('title');
});

test('once the stream has ended the space bar scrolls, and after it is reopened the name is still there', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Over', 'Over');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  for (const page of [viewer, streamer]) {
    await page.getByLabel('Your name').fill('Regis');
    await page.getByRole('button', { name: /^clip that/i }).click();
    await expect(page.locator('#press-result')).toHaveText(/^Saved/);
  }
  await act(streamer, 'End');
  for (const page of [viewer, streamer]) {
    await expect(page.locator('#press-form')).toBeHidden();
    for (const key of [' ', 'c']) expect(await isTaken(page, key)).toBe(false);
  }
  await act(streamer, 'Reopen');
  for (const page of [viewer, streamer]) {
    await expect(page.locator('#press-form')).toBeVisible();
    await expect(page.getByLabel('Your name')).toHaveValue('Regis');
  }
});

test('who takes back or dismisses a press with a double click, or holds the key, keeps the next one', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Rows', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const own = viewer.getByRole('region', { name: 'Your presses' }).getByRole('listitem');
  const staysAt = async (list: Locator, count: number) => {
    await expect(list).toHaveCount(count);
    // Longer than one intention takes.
    await viewer.waitForTimeout(700);
    await expect(list).toHaveCount(count);
  };
  for (const [nth, note] of ['one', 'two', 'three'].entries()) {
    await pressClip(viewer, { note });
    await expect(own).toHaveCount(nth + 1);
  }
  await clickThroughRow(viewer, '.own [data-does="take-back"]');
  await staysAt(own, 2);

  await viewer.route('**/rpc/submit', (route) => route.abort());
  for (const [nth, note] of ['four', 'five', 'six', 'seven'].entries()) {
    await pressClip(viewer, { note });
    await expect(unsent(viewer)).toHaveCount(nth + 1);
  }
  await act(streamer, 'End');
  const dismiss = unsent(viewer).getByRole('button', { name: 'Dismiss' });
  await expect(dismiss).toHaveCount(4);
  await clickThroughRow(viewer, '.unsent [data-does="dismiss"]');
  await staysAt(unsent(viewer), 3);

  await dismiss.first().focus();
  await viewer.keyboard.down('Enter');
  await staysAt(unsent(viewer), 2);
  await dismiss.first().focus();
  await viewer.keyboard.down('Enter');
  await staysAt(unsent(viewer), 2);
  await viewer.keyboard.up('Enter');
});

test('a stream begins now if the minutes since it began are folded away', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Folded', 'Any');
  await appRuns(streamer);
  const fold = streamer.getByText('Already running?');
  const minutes = streamer.locator('#began');
  await fold.click();
  await minutes.fill('60');
  await fold.click();
  await expect(minutes).toBeHidden();
  await expect(minutes).toHaveValue('0');
  // As browsers do on going back.
  await minutes.evaluate((field: HTMLInputElement) => void (field.value = '60'));
  await act(streamer, 'Start');
  await expect(streamer.locator('.clock__time')).toHaveText(/^00:00:\d\d$/);
});
