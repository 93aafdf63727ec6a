// Calls to the server whose answers come late, get lost, or come when nobody waits any more.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, appRuns, crowdPresses, gate, holdCalls, mintModeratorLink, openSession, openTab, pressClip, rows, startAgo, tick } from '../support/actions';

/** How many entries a page of the moderation log has. */
const LOG_PAGE = 200;

test('what is saved again while the first is awaited is saved after it, and the same only once', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Before', 'Any');
  const editor = await openTab(streamer, 'Session');
  const title = editor.getByRole('textbox', { name: 'Title', exact: true });
  const save = editor.getByRole('button', { name: 'Save' }).first();
  const held = await holdCalls(streamer, 'edit_session');
  await title.fill('First');
  await title.press('Enter');
  await expect(save).toHaveAttribute('aria-busy', 'true');
  await title.fill('Second');
  await title.press('Enter');
  // What stands there when its turn comes is saved, also if that is what the page showed first.
  await title.fill('Before');
  await title.press('Enter');
  await expect.poll(() => held.calls).toBe(1);
  held.open();
  await expect(editor.getByText('Saved.')).toBeVisible();
  await expect(save).not.toHaveAttribute('aria-busy');
  expect(held.calls).toBe(2);
  await expect(title).toBeFocused();
  await streamer.reload();
  await openTab(streamer, 'Session');
  await expect(title).toHaveValue('Before');

  const again = await holdCalls(streamer, 'edit_session');
  await title.fill('Twice');
  await title.press('Enter');
  await title.press('Enter');
  await expect.poll(() => again.calls).toBe(1);
  again.open();
  await expect(editor.getByText('Saved.')).toBeVisible();
  await expect(save).not.toHaveAttribute('aria-busy');
  expect(again.calls).toBe(1);
});

test('a note and a moment that are saved again while the first is awaited say what was typed last', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Again', 'Any');
  await startAgo(streamer, 14);
  await crowdPresses(streamer, code, { secondsAgo: 300, visitors: 8, note: 'the Baron laughs' });
  const id = await streamer.locator('.moments > .moment').getAttribute('data-moment');
  const moment = streamer.locator(`[data-moment="${id}"]`);

  const notes = await holdCalls(streamer, 'edit_note');
  await rows(streamer).first().getByRole('button', { name: /^Edit note/ }).click();
  const note = streamer.getByLabel(/^Note of/);
  for (const words of ['written first', 'written last', 'written last']) {
    await note.fill(words);
    await note.press('Enter');
  }
  await expect.poll(() => notes.calls).toBe(1);
  notes.open();
  await expect(note).toBeHidden();
  await expect(rows(streamer).filter({ hasText: 'written last' })).toHaveCount(1);
  expect(notes.calls).toBe(2);

  const moments = await holdCalls(streamer, 'edit_moment');
  await moment.locator('[data-key="e"]').click();
  const dialog = streamer.getByRole('dialog');
  const title = dialog.getByLabel('Title');
  for (const words of ['Named first', 'Named last']) {
    await title.fill(words);
    await title.press('Enter');
    await expect.poll(() => moments.calls).toBe(1);
  }
  moments.open();
  await expect(dialog).toBeHidden();
  await expect(moment).toContainText('Named last');
  expect(moments.calls).toBe(2);

  // The same twice is saved once.
  const again = await holdCalls(streamer, 'edit_moment');
  await moment.locator('[data-key="e"]').click();
  await title.fill('Named once more');
  await title.press('Enter');
  await expect.poll(() => again.calls).toBe(1);
  await title.press('Enter');
  again.open();
  await expect(dialog).toBeHidden();
  await expect(moment).toContainText('Named once more');
  expect(again.calls).toBe(1);

  // A split closes the dialog, but not over what was saved while it was awaited.
  const split = await holdCalls(streamer, 'edit_moment');
  await moment.locator('[data-key="e"]').click();
  await dialog.getByLabel('Split at').press('Enter');
  await title.fill('Named after the split');
  await title.press('Enter');
  await expect.poll(() => split.calls).toBe(1);
  split.open();
  await expect(dialog).toBeHidden();
  await expect(moment).toContainText('Named after the split');

  // Nor over what is still being typed.
  const other = await holdCalls(streamer, 'edit_moment');
  await moment.locator('[data-key="e"]').click();
  await dialog.getByLabel('State').selectOption('cut');
  await title.press('Enter');
  await title.fill('Still being typed');
  await expect.poll(() => other.calls).toBe(1);
  other.open();
  await expect(moment).toContainText('Cut');
  await expect(title).toHaveValue('Still being typed');
  await title.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(moment).toContainText('Still being typed');
});

test('a split that is asked for while a moment is being saved follows, once', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Split', 'Any');
  await startAgo(streamer, 14);
  await crowdPresses(streamer, code, { secondsAgo: 300, visitors: 8, note: 'the Baron laughs' });
  const moments = streamer.locator('.moments > .moment');
  await expect(moments).toHaveCount(1);
  const dialog = streamer.getByRole('dialog');
  const held = await holdCalls(streamer, 'edit_moment');
  await moments.locator('[data-key="e"]').click();
  await dialog.getByLabel('Title').fill('Named');
  await dialog.getByLabel('Title').press('Enter');
  await expect.poll(() => held.calls).toBe(1);
  for (const click of [1, 2]) await dialog.getByRole('button', { name: 'Split' }).click({ clickCount: click });
  held.open();
  await expect(dialog).toBeHidden();
  await expect(moments).toHaveCount(2);
  await expect(moments.filter({ hasText: 'Named' })).toHaveCount(1);
  expect(held.calls).toBe(2);

  // Also if what is typed then is saved after it.
  await crowdPresses(streamer, code, { secondsAgo: 600, visitors: 8, note: 'the boss falls' });
  const again = await holdCalls(streamer, 'edit_moment');
  const title = dialog.getByLabel('Title');
  await moments.filter({ hasText: 'the boss falls' }).locator('[data-key="e"]').click();
  await title.fill('Renamed');
  await title.press('Enter');
  await expect.poll(() => again.calls).toBe(1);
  await dialog.getByRole('button', { name: 'Split' }).click();
  await title.press('Enter');
  again.open();
  await expect(dialog).toBeHidden();
  await expect(moments).toHaveCount(4);
  await expect(moments.filter({ hasText: 'Renamed' })).toHaveCount(1);
});

test('rules that could not be loaded say so, and can be loaded again', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Rules', 'Any');
  await appRuns(streamer);
  await streamer.route('**/rpc/settings', (route) => route.abort());
  const rules = await openTab(streamer, 'Rules');
  await expect(rules.getByRole('alert').filter({ hasText: 'can’t be reached' })).toBeVisible();
  await expect(rules.locator('form')).toHaveJSProperty('inert', true);
  await streamer.unroute('**/rpc/settings');
  await rules.getByRole('button', { name: 'Try again' }).click();
  await expect(rules.locator('form')).toHaveJSProperty('inert', false);
  await expect(rules.getByRole('button', { name: 'Try again' })).toBeHidden();
  await expect(rules.locator('form :focus')).toHaveCount(1);
});

test('what could not be saved of a moment is told in the list if the dialog is closed by then', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Too late', 'Any');
  await startAgo(streamer, 14);
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  await appRuns(moderator);
  await crowdPresses(moderator, code, { secondsAgo: 300, visitors: 8, note: 'the Baron laughs' });
  const moment = (page: Page) => page.locator('.moments > .moment');
  const name = async (page: Page, title: string) => {
    await moment(page).locator('[data-key="e"]').click();
    await page.getByRole('dialog').getByLabel('Title').fill(title);
    await page.getByRole('dialog').getByLabel('Title').press('Enter');
  };
  const held = await holdCalls(streamer, 'edit_moment');
  await name(streamer, 'Mine');
  await expect.poll(() => held.calls).toBe(1);
  await streamer.keyboard.press('Escape');
  await expect(streamer.getByRole('dialog')).toBeHidden();
  await name(moderator, 'Theirs');
  await expect(moment(moderator)).toContainText('Theirs');
  held.open();
  await expect(moment(streamer).locator('.form__error')).toContainText('Theirs');
});

test('what is done to a moment while its star is awaited is done after it', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Turns', 'Any');
  await startAgo(streamer, 14);
  await crowdPresses(streamer, code, { secondsAgo: 300, visitors: 8, note: 'the Baron laughs' });
  const moment = streamer.locator('.moments > .moment');
  await expect(moment).toHaveCount(1);
  const held = await holdCalls(streamer, 'edit_moment');
  await moment.focus();
  await streamer.keyboard.press('s');
  await expect.poll(() => held.calls).toBe(1);
  await expect(moment).toHaveAttribute('aria-busy', 'true');
  // The star again is the same one.
  for (const key of ['h', 's']) await streamer.keyboard.press(key);
  held.open();
  await expect(moment).toContainText('Hidden');
  await expect(moment).toContainText('★ Starred');
  await expect(moment).not.toHaveAttribute('aria-busy');
  expect(held.calls).toBe(2);
});

/** Opens a session in which crowds marked three moments. Answers how to find one by its note. */
async function openWithThreeMoments(streamer: Page, title: string): Promise<(note: string) => Locator> {
  const code = await openSession(streamer, title, 'Any');
  await startAgo(streamer, 14);
  const moment = (note: string) => streamer.locator('.moments > .moment').filter({ hasText: note });
  for (const [secondsAgo, visitors, note] of [[600, 11, 'The boss falls'], [300, 8, 'the Baron laughs'], [60, 8, 'He fell off']] as const) {
    await crowdPresses(streamer, code, { secondsAgo, visitors, note });
    await expect(moment(note)).toHaveCount(1);
  }
  return moment;
}

test('a moment that is ticked while others are being merged stays ticked', async ({ person }) => {
  const streamer = await person();
  const moment = await openWithThreeMoments(streamer, 'Ticked');
  for (const words of ['The boss falls', 'the Baron laughs']) await tick(moment(words));
  const held = await holdCalls(streamer, 'edit_moment');
  const bar = streamer.locator('.moment-list .bulk-actions');
  await bar.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect.poll(() => held.calls).toBe(1);
  await tick(moment('He fell off'));
  held.open();
  await expect(streamer.locator('.moments > .moment')).toHaveCount(2);
  await expect(moment('He fell off').getByRole('checkbox')).toBeChecked();
  await expect(streamer.locator('.moments').getByRole('checkbox', { checked: true })).toHaveCount(1);
});

test('a merge that is asked for while another one is made comes after it', async ({ person }) => {
  const streamer = await person();
  const moment = await openWithThreeMoments(streamer, 'Two merges');
  for (const words of ['The boss falls', 'the Baron laughs']) await tick(moment(words));
  const held = await holdCalls(streamer, 'edit_moment');
  const merge = streamer.locator('.moment-list .bulk-actions').getByRole('button', { name: 'Merge', exact: true });
  await merge.click();
  await expect.poll(() => held.calls).toBe(1);
  await tick(moment('He fell off'));
  // The second time is the same merge.
  await merge.click();
  await merge.click();
  held.open();
  await expect(streamer.locator('.moments > .moment')).toHaveCount(1);
  await expect(streamer.locator('.moments').getByRole('checkbox', { checked: true })).toHaveCount(0);
  expect(held.calls).toBe(2);
});

for (const pressed of ['of the moment', 'of the bar']) {
  test(`a merge by the button ${pressed} that waits for a star takes what was ticked when it was pressed`, async ({ person }) => {
    const streamer = await person();
    const moment = await openWithThreeMoments(streamer, 'Waiting');
    const boss = moment('The boss falls');
    for (const ticked of [boss, moment('the Baron laughs')]) await tick(ticked);
    const held = await holdCalls(streamer, 'edit_moment');
    await boss.locator('[data-key="s"]').click();
    await expect.poll(() => held.calls).toBe(1);
    const merge = {
      'of the moment': boss.locator('[data-key="m"]'),
      'of the bar': streamer.locator('.moment-list .bulk-actions').getByRole('button', { name: 'Merge', exact: true }),
    };
    await merge[pressed as keyof typeof merge].click();
    await tick(moment('He fell off'));
    held.open();
    await expect(streamer.locator('.moments > .moment')).toHaveCount(2);
    await expect(boss).toContainText('★ Starred');
    await expect(moment('He fell off').getByRole('checkbox')).toBeChecked();
    await expect(streamer.locator('.moments').getByRole('checkbox', { checked: true })).toHaveCount(1);
  });
}

test('a moment that is being made of a range does not close the dialog about the next one', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Ranges', 'Any');
  await startAgo(streamer, 14);
  await pressClip(streamer, { note: 'so that there is a timeline' });
  const dialog = streamer.getByRole('dialog');
  const title = dialog.getByLabel('Title');
  const open = async (from: number, to: number) => {
    const stage = (await streamer.locator('.timeline__stage').boundingBox())!;
    const move = (part: number) => streamer.mouse.move(stage.x + stage.width * part, stage.y + stage.height / 2, { steps: 4 });
    await move(from);
    await streamer.mouse.down();
    await move(to);
    await streamer.mouse.up();
    await streamer.getByRole('button', { name: 'Make it a moment …' }).click();
  };
  const held = await holdCalls(streamer, 'edit_moment');
  await open(0.2, 0.3);
  await title.fill('The first');
  await title.press('Enter');
  await expect(title).not.toBeEditable();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await open(0.6, 0.7);
  await title.fill('The second');
  await title.press('Enter');
  await expect.poll(() => held.calls).toBe(1);
  held.open();
  await expect(dialog).toBeHidden();
  for (const words of ['The first', 'The second']) {
    await expect(streamer.locator('.moments > .moment').filter({ hasText: words })).toHaveCount(1);
  }
});

test('why no moment was made of a range is told beside its button once the dialog is closed, until another one is selected', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Refused ranges', 'Any');
  await startAgo(streamer, 14);
  await pressClip(streamer, { note: 'so that there is a timeline' });
  const dialog = streamer.getByRole('dialog');
  const { open, opened } = gate();
  await streamer.route('**/rpc/edit_moment', async (route) => {
    await opened;
    await route.fulfill({ status: 422, json: { error: 'no_moment' } });
  });
  const select = async (from: number, to: number) => {
    const stage = (await streamer.locator('.timeline__stage').boundingBox())!;
    const move = (part: number) => streamer.mouse.move(stage.x + stage.width * part, stage.y + stage.height / 2, { steps: 4 });
    await move(from);
    await streamer.mouse.down();
    await move(to);
    await streamer.mouse.up();
  };
  const name = streamer.getByRole('button', { name: 'Make it a moment …' });
  const inside = dialog.locator('.form__error');
  const outside = streamer.locator('.timeline__failure');
  const why = 'This moment no longer exists';
  await select(0.2, 0.3);
  await name.click();
  await dialog.getByLabel('Title').fill('The first');
  await dialog.getByLabel('Title').press('Enter');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await select(0.6, 0.7);
  await name.click();
  open();
  // The dialog covers the button.
  await expect(inside).toHaveText(new RegExp(`^\\d\\d:\\d\\d:\\d\\d – .*: ${why}`));
  await expect(outside).toHaveText('');

  // What is asked for in this dialog is told without its range, and goes with it.
  await dialog.getByLabel('Title').fill('The second');
  await expect(inside).toContainText(why);
  await dialog.getByLabel('Title').press('Enter');
  await expect(inside).toHaveText(new RegExp(`^${why}`));
  await expect(outside).toHaveText('');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(outside).toContainText(why);
  await select(0.3, 0.4);
  await expect(outside).toHaveText('');
});

test('after a failure nothing is saved of its own accord, and what was typed stays', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Failed', 'Any');
  await act(streamer, 'Start');
  await pressClip(streamer, { note: 'to be edited' });
  await rows(streamer).getByRole('button', { name: /^Edit note/ }).click();
  const note = streamer.getByLabel(/^Note of/);
  const { open, opened } = gate();
  let calls = 0;
  await streamer.route('**/rpc/edit_note', async (route) => {
    calls += 1;
    await opened;
    if (calls === 1) await route.abort();
    else await route.continue();
  });
  for (const words of ['written first', 'written last']) {
    await note.fill(words);
    await note.press('Enter');
  }
  open();
  await expect(streamer.locator('.note-editor').getByRole('alert')).toContainText('can’t be reached');
  await expect(note).toHaveValue('written last');
  expect(calls).toBe(1);
  await note.press('Enter');
  await expect(note).toBeHidden();
  await expect(rows(streamer)).toContainText(['written last']);
});

test('while a link is being made its name can’t be changed, and the focus stays', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Made', 'Any');
  await openTab(streamer, 'Links');
  const held = await holdCalls(streamer, 'mint_link');
  const name = streamer.getByLabel('For whom?');
  await name.fill('Anna');
  await name.press('Enter');
  await expect(streamer.getByRole('button', { name: 'Make a link' })).toHaveAttribute('aria-busy', 'true');
  await expect(name).not.toBeEditable();
  await name.press('Enter');
  await expect.poll(() => held.calls).toBe(1);
  await expect(name).toBeFocused();
  held.open();
  await expect(streamer.getByRole('button', { name: 'Revoke the link of Anna' })).toHaveCount(1);
  await expect(name).toBeEditable();
  await expect(name).toHaveValue('');
  expect(held.calls).toBe(1);
});

test('a second click on "Open the session" while the browser navigates opens one session', async ({ person }) => {
  const streamer = await person();
  await streamer.goto('/');
  await appRuns(streamer);
  const { open, opened } = gate();
  await streamer.route('**/control', async (route) => {
    await opened;
    await route.continue();
  });
  await streamer.getByLabel('Title').fill('Twice');
  await streamer.getByLabel('Game').fill('Any');
  let answers = 0;
  streamer.on('response', (answer) => (answers += Number(answer.url().endsWith('/rpc/open_session'))));
  // From within the page: from outside nothing can be clicked while it navigates.
  await streamer.getByRole('button', { name: 'Open the session' }).evaluate((button: HTMLButtonElement) => {
    const again = new MutationObserver(() => {
      if (button.disabled) return;
      again.disconnect();
      button.click();
    });
    again.observe(button, { attributes: true });
    button.click();
  });
  await expect.poll(() => answers).toBe(2);
  open();
  await streamer.waitForURL(/\/control$/);
  await expect(streamer.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  await streamer.goto('/');
  await expect(streamer.getByRole('link', { name: /^Twice/ })).toHaveCount(1);
});

test('a link that was made behind an answer of "busy" is the one that the next press shows', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Busy', 'Any');
  await appRuns(streamer);
  await streamer.route(
    '**/rpc/mint_link',
    async (route) => {
      await route.fetch();
      await route.fulfill({ status: 503, json: { error: 'busy', detail: { seconds: 2 } } });
    },
    { times: 1 },
  );
  await openTab(streamer, 'Links');
  await streamer.getByLabel('For whom?').fill('Anna');
  await streamer.getByRole('button', { name: 'Make a link' }).click();
  await expect(streamer.getByText(/the server is busy/i)).toBeVisible();
  const link = await mintModeratorLink(streamer, 'Anna');
  await expect(streamer.getByRole('button', { name: 'Revoke the link of Anna' })).toHaveCount(1);
  const moderator = await person();
  await moderator.goto(link);
  await expect(moderator.getByRole('searchbox').first()).toBeVisible();
  // What was answered is done with: the same words make another link now.
  await mintModeratorLink(streamer, 'Anna');
  await expect(streamer.getByRole('button', { name: 'Revoke the link of Anna' })).toHaveCount(2);
});

test('an answer that comes after its page was left does no harm', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Left', 'Any');
  await appRuns(streamer);
  const card = streamer.getByRole('region', { name: 'Save this control link' });
  await card.getByRole('button', { name: 'Show' }).click();
  await expect(card.getByLabel('Control link')).toHaveText(/#ctl_/);
  const [, key] = (await card.getByLabel('Control link').innerText()).split('#');
  await act(streamer, 'Start');
  const page = await person();
  await page.goto(await mintModeratorLink(streamer, 'Anna'));
  await pressClip(streamer, { note: 'to be hidden' });
  await rows(page).filter({ hasText: 'to be hidden' }).getByRole('button', { name: /^Hide/ }).click();
  await expect(rows(page).getByRole('button', { name: /^Restore/ })).toBeVisible();

  // A log of more than one page, whose first one is slow from some time on. It is loaded by itself too, once in a while.
  const { open, opened: released } = gate();
  let isSlow = false;
  let [held, older] = [0, 0];
  let hidden: { id: string } | undefined;
  await page.route('**/rpc/moderations', async (route) => {
    const isFirst = route.request().postDataJSON().before === null;
    if (!isFirst) older += 1;
    if (isFirst && isSlow) {
      held += 1;
      await released;
    }
    const answer = await route.fetch();
    hidden ??= (await answer.json())[0] as { id: string };
    const { id } = hidden;
    const entry = (_: unknown, n: number) => ({ ...hidden, id: id.slice(0, -3) + String(n).padStart(3, '0') });
    await route.fulfill({ response: answer, json: Array.from({ length: LOG_PAGE }, entry) });
  });
  await openTab(page, 'Export');
  await openTab(page, 'Log');
  await expect(page.getByRole('button', { name: 'Show older' })).toBeVisible();
  isSlow = true;
  await page.getByRole('button', { name: 'Show older' }).click();
  await expect.poll(() => held).toBeGreaterThan(0);
  // The page that follows opens the tab that was open.
  await openTab(page, 'Export');

  // A control link that is pasted over the address of the moderators' page makes another page of it.
  const begins = page.waitForResponse('**/rpc/desk');
  await page.evaluate((key) => (location.hash = key), key);
  await begins;
  await expect(page.getByRole('button', { name: 'Show older' })).toHaveCount(0);
  const answered = page.waitForResponse('**/rpc/moderations');
  open();
  await answered;
  await expect.poll(() => older).toBe(1);
  await openTab(page, 'Log');
  await expect(page.getByRole('button', { name: 'Show older' })).toBeVisible();
  expect(page.url()).toContain(code);
});
