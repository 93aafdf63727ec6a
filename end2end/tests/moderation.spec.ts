// What moderators do against abuse, seen from their page, the viewers' and the streamer's.
import type { Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, holdCalls, mintModeratorLink, openSession, openTab, pressClip, rows, tick } from '../support/actions';
import { lookOutFor } from '../support/checks';

/** A session that runs, its moderator, and two viewers with their page open. */
async function scene(person: () => Promise<Page>) {
  const streamer = await person();
  const code = await openSession(streamer, 'Tidy', 'Any');
  await act(streamer, 'Start');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const [troll, viewer] = [await person(), await person()];
  for (const page of [troll, viewer]) {
    await page.goto(`/s/${code}`);
    await appRuns(page);
  }
  return { streamer, moderator, troll, viewer };
}

const row = (page: Page, note: string) => rows(page).filter({ hasText: note });

test('a blocked viewer sees their presses as before, others do not, until it is undone', async ({ person }) => {
  const { streamer, moderator, troll, viewer } = await scene(person);
  await pressClip(troll, { note: 'before' });
  await row(moderator, 'before').getByRole('button', { name: /^Viewer/ }).click();
  await moderator.getByRole('dialog').getByRole('button', { name: 'Block them' }).click();
  await expect(moderator.locator('.undo-bar').getByText(/from now on is hidden from others/)).toBeVisible();

  await pressClip(troll, { note: 'blocked' });
  await expect(row(troll, 'blocked')).toHaveCount(1);
  await expect(row(moderator, 'blocked')).toContainText('hidden');
  await pressClip(viewer, { note: 'of somebody else' });
  await expect(row(viewer, 'of somebody else')).toHaveCount(1);
  await expect(row(viewer, 'blocked')).toHaveCount(0);
  await troll.reload();
  await expect(row(troll, 'blocked')).toHaveCount(1);
  await expect(row(troll, 'blocked')).not.toContainText('hidden');

  const log = await openTab(streamer, 'Log');
  await expect(log.getByText(/Anna.*blocked the viewer of [0-9:]+ in segment 1/)).toBeVisible();
  await log.getByRole('button', { name: /^Undo/ }).click();
  await expect(log.getByText(/undone by Control link/)).toBeVisible();
  await expect(row(viewer, 'blocked')).toHaveCount(1);
});

test('all of a viewer are hidden at once, and undone in one step', { tag: '@postgres' }, async ({ person }) => {
  const { moderator, troll, viewer } = await scene(person);
  for (const note of ['spam 1', 'spam 2', 'spam 3']) await pressClip(troll, { note });
  await pressClip(viewer, { note: 'kept' });
  await expect(rows(viewer)).toHaveCount(4);
  await row(moderator, 'spam 2').getByRole('button', { name: /^Viewer/ }).click();
  await moderator.getByRole('dialog').getByRole('button', { name: 'Hide all of theirs' }).click();
  await expect(rows(viewer)).toHaveCount(1);
  await expect(row(viewer, 'kept')).toHaveCount(1);
  await expect(rows(troll)).toHaveCount(4);
  await moderator.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(rows(viewer)).toHaveCount(4);
});

test('hiding all of a viewer is one action, also where the first answer is lost', async ({ person }) => {
  const { moderator, troll, viewer } = await scene(person);
  for (const note of ['spam 1', 'spam 2']) await pressClip(troll, { note });
  await expect(rows(viewer)).toHaveCount(2);
  const acts: string[] = [];
  await moderator.route('**/rpc/hide_visitor', async (route) => {
    acts.push(route.request().postDataJSON().act);
    const answer = await route.fetch();
    if (acts.length > 1) await route.fulfill({ response: answer });
    else await route.fulfill({ status: 503, json: { error: 'busy', detail: { seconds: 1 } } });
  });
  await row(moderator, 'spam 1').getByRole('button', { name: /^Viewer/ }).click();
  await moderator.getByRole('dialog').getByRole('button', { name: 'Hide all of theirs' }).click();
  await moderator.getByRole('button', { name: 'Undo', exact: true }).click();
  expect(acts).toEqual([acts[0], acts[0]]);
  await expect(rows(viewer)).toHaveCount(2);
});

test('an answer about one viewer does nothing to the dialog about another one', async ({ person }) => {
  const { streamer, moderator, troll, viewer } = await scene(person);
  await pressClip(troll, { note: 'spam' });
  await pressClip(viewer, { note: 'fine' });
  await pressClip(streamer, { note: 'of the staff' });
  await expect(rows(moderator)).toHaveCount(3);
  const dialog = moderator.getByRole('dialog');
  const bar = moderator.locator('.moderation-list .undo-bar');
  const open = (note: string) => row(moderator, note).getByRole('button', { name: /^Viewer/ }).click();
  const cancelWhileAsking = async (note: string, button: string, call: string) => {
    const held = await holdCalls(moderator, call);
    await open(note);
    await dialog.getByRole('button', { name: button }).click();
    await expect.poll(() => held.calls).toBe(1);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    return held;
  };
  const hiding = await cancelWhileAsking('spam', 'Hide all of theirs', 'hide_visitor');
  // It keeps nothing waiting that is done about somebody else.
  await open('fine');
  await dialog.getByRole('button', { name: 'Block them' }).click();
  await expect(dialog).toBeHidden();
  await expect(bar).toContainText('from now on is hidden from others');
  await open('fine');
  hiding.open();
  await expect(bar).toContainText('All timestamps of');
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  const refused = await cancelWhileAsking('of the staff', 'Block them', 'block');
  await open('fine');
  refused.open();
  await expect(row(moderator, 'of the staff').locator('.form__error')).toContainText('by a moderator or the streamer');
  await expect(dialog.locator('.form__error')).toBeEmpty();
});

test('what a moderator did long ago is still in the log, and can be undone', { tag: '@postgres' }, async ({ person }) => {
  const { streamer, moderator, troll, viewer } = await scene(person);
  await pressClip(troll, { note: 'the first act' });
  await row(moderator, 'the first act').getByRole('button', { name: /^Hide/ }).click();
  await expect(rows(viewer)).toHaveCount(0);
  await pressClip(viewer, { note: 'kept' });
  await expect(row(moderator, 'kept')).toHaveCount(1);
  // More acts than the log shows at once, faster than anybody can do them.
  const code = new URL(moderator.url()).pathname.split('/')[2];
  const call = async (name: string, data: object) => {
    const answer = await moderator.request.post(`/rpc/${name}`, { data, headers: { accept: 'application/json' } });
    expect(answer.status(), await answer.text()).toBe(200);
    return answer.json();
  };
  const { page } = await call('snapshot', { code, audience: 'staff' });
  const { id } = page.timestamps.find((timestamp: { note: string }) => timestamp.note === 'kept');
  const edits = Array.from({ length: 201 }, (_, n) => () => call('edit_note', { code, id, note: `kept ${n}` }));
  // Some at once are fewer frames to draw.
  while (edits.length > 0) await Promise.all(edits.splice(0, 5).map((edit) => edit()));

  const log = await openTab(streamer, 'Log');
  await expect(log.getByRole('listitem')).toHaveCount(200);
  const hid = log.getByRole('listitem').filter({ hasText: 'hid 00:' });
  await expect(hid).toHaveCount(0);
  await log.getByRole('button', { name: 'Show older' }).click();
  await expect(log.getByRole('listitem')).toHaveCount(202);
  await expect(log.getByRole('button', { name: 'Show older' })).toHaveCount(0);
  await hid.getByRole('button', { name: /^Undo/ }).click();
  await expect(hid.getByText(/undone by Control link/)).toBeVisible();
  await expect(log.getByRole('listitem')).toHaveCount(202);
  await expect(row(viewer, 'the first act')).toHaveCount(1);
});

test('ticked rows, and all that pass a filter, are hidden together', async ({ person }) => {
  const { moderator, troll, viewer } = await scene(person);
  for (const note of ['ad one', 'ad two', 'fine', 'ad three']) await pressClip(troll, { note });
  await expect(rows(viewer)).toHaveCount(4);
  for (const note of ['ad one', 'fine']) await tick(row(moderator, note));
  await moderator.getByRole('button', { name: 'Hide 2' }).click();
  await expect(rows(viewer)).toHaveCount(2);
  await moderator.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(rows(viewer)).toHaveCount(4);

  await moderator.getByRole('searchbox').fill('ad ');
  await moderator.getByRole('button', { name: 'Hide all 3 that match the filter' }).click();
  await moderator.getByRole('dialog').getByRole('button', { name: 'Hide', exact: true }).click();
  await expect(rows(viewer)).toHaveCount(1);
  await expect(row(viewer, 'fine')).toHaveCount(1);
});

test('rows that are ticked while others are being hidden stay ticked', async ({ person }) => {
  const { moderator, troll } = await scene(person);
  for (const note of ['ad one', 'ad two', 'ad three']) await pressClip(troll, { note });
  await expect(rows(moderator)).toHaveCount(3);
  for (const note of ['ad one', 'ad two']) await tick(row(moderator, note));
  const held = await holdCalls(moderator, 'hide');
  await moderator.getByRole('button', { name: 'Hide 2' }).click();
  await expect.poll(() => held.calls).toBe(1);
  await tick(row(moderator, 'ad three'));
  held.open();
  await expect(moderator.locator('.moderation-list .undo-bar')).toContainText('2 timestamps are hidden');
  await expect(moderator.getByRole('group', { name: 'Ticked rows' })).toContainText('1 ticked');
  await expect(row(moderator, 'ad three').getByRole('checkbox')).toBeChecked();
});

test('the streamer asks for names, holds words back, keeps the list for staff, and lends the pause', async ({ person }) => {
  const { streamer, moderator, troll, viewer } = await scene(person);
  const rules = await openTab(streamer, 'Rules');
  await rules.getByLabel('Every press needs a name').check();
  await rules.getByLabel('Moderators may pause and resume').check();
  await rules.getByLabel('Words that hold a note back').fill('spoil*');
  await rules.getByRole('button', { name: 'Save' }).click();
  await expect(rules.getByText('Saved.')).toBeVisible();

  // A page that has heard of the rule asks before it presses.
  await expect(troll.getByPlaceholder('required by the streamer')).toBeVisible();
  await pressClip(troll, { note: 'nameless' });
  await expect(troll.getByText(/asks for a name/)).toBeVisible();
  await expect(troll.getByLabel('What happened?')).toHaveValue('nameless');
  await pressClip(troll, { note: 'Spoilers ahead', name: 'Ciri' });
  await expect(row(troll, 'Spoilers ahead')).toHaveCount(1);
  await expect(row(moderator, 'Spoilers ahead')).toContainText('held back');
  await expect(row(viewer, 'Spoilers ahead')).toHaveCount(0);
  await row(moderator, 'Spoilers ahead').getByRole('button', { name: /^Show/ }).click();
  await expect(row(viewer, 'Spoilers ahead')).toHaveCount(1);

  await act(moderator, 'Pause');
  await expect(viewer.getByText('Paused', { exact: true })).toBeVisible();
  await act(moderator, 'Resume');
  await expect(viewer.getByText('Live', { exact: true })).toBeVisible();

  await rules.getByLabel('Only moderators see the list').check();
  await rules.getByRole('button', { name: 'Save' }).click();
  await expect(viewer.getByText('Only moderators see the whole list.', { exact: false })).toBeVisible();
  await pressClip(viewer, { note: 'my own', name: 'Triss' });
  await expect(row(viewer, 'my own')).toHaveCount(1);
  await expect(row(troll, 'my own')).toHaveCount(0);
  await expect(row(troll, 'Spoilers ahead')).toHaveCount(1);
  await rules.getByLabel('Only moderators see the list').uncheck();
  await rules.getByRole('button', { name: 'Save' }).click();
  await expect(row(troll, 'my own')).toHaveCount(1);
});

test('a list that becomes private goes at once, and comes back without an alarm', async ({ person }) => {
  const { streamer, viewer, troll } = await scene(person);
  await pressClip(troll, { note: 'for everybody' });
  await expect(row(viewer, 'for everybody')).toHaveCount(1);
  const wrong = await lookOutFor(viewer, /can’t be reached|No timestamps yet/);
  const rules = await openTab(streamer, 'Rules');
  // Nothing needs to be asked for first.
  await viewer.route('**/snapshot', (route) => route.abort());
  await rules.getByLabel('Only moderators see the list').check();
  await rules.getByRole('button', { name: 'Save' }).click();
  await expect(viewer.getByText('Only moderators see the whole list.', { exact: false })).toBeVisible();
  await expect(rows(viewer)).toHaveCount(0);
  await viewer.unroute('**/snapshot');
  // While the first answer is awaited, nothing else is saved.
  await expect(rules.getByText('Saved.')).toBeVisible();
  await rules.getByLabel('Only moderators see the list').uncheck();
  await rules.getByRole('button', { name: 'Save' }).click();
  await expect(row(viewer, 'for everybody')).toHaveCount(1);
  expect(await wrong()).toEqual([]);
});

test('on a phone no button of a row lies over its words', async ({ person }) => {
  const { streamer, troll } = await scene(person);
  const moderator = await person(phone);
  await moderator.goto(await mintModeratorLink(streamer, 'Triss'));
  await pressClip(troll, { note: 'a short name', name: 'Yen' });
  await pressClip(troll, { note: 'a long one', name: 'the streamer’s most faithful follower' });
  for (const note of ['a short name', 'a long one']) {
    // Both at one moment: the page follows the newest row, and scrolls.
    const [name, edit] = await row(moderator, note).evaluate((element) => {
      const edit = [...element.querySelectorAll('button')].find((button) => button.textContent!.startsWith('Edit note'));
      const name = element.querySelector('.timestamp__name');
      return [name!.getBoundingClientRect().right, edit!.getBoundingClientRect().left];
    });
    expect(edit).toBeGreaterThanOrEqual(name);
    await expect(row(moderator, note).getByRole('button', { name: /^Edit note/ })).toBeInViewport({ ratio: 1 });
  }
});

test('of two who edit one note the second sees what the first wrote, and decides', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Edited', 'Any');
  const link = await mintModeratorLink(streamer, 'Two');
  await act(streamer, 'Start');
  await pressClip(streamer, { note: 'what was said' });
  const [first, second] = [await person(), await person()];
  for (const page of [first, second]) {
    await page.goto(link);
    await rows(page).getByRole('button', { name: /^Edit note/ }).click();
  }
  await first.getByLabel(/^Note of/).fill('in the words of the first');
  await first.keyboard.press('Enter');
  await expect(first.getByLabel(/^Note of/)).toBeHidden();
  const field = second.getByLabel(/^Note of/);
  await field.fill('in the words of the second');
  await field.press('Enter');
  await expect(second.getByText(/It is now “in the words of the first”/)).toBeVisible();
  await expect(field).toHaveValue('in the words of the second');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await expect(rows(viewer)).toContainText(['in the words of the first']);
  await field.press('Enter');
  await expect(field).toBeHidden();
  await expect(rows(viewer)).toContainText(['in the words of the second']);
});

test('the log tells what an edit changed, and gives the old note back unless it was changed again', async ({ person }) => {
  const { streamer, moderator, viewer } = await scene(person);
  await pressClip(viewer, { note: 'first words' });
  const edit = async (from: string, to: string) => {
    await row(moderator, from).getByRole('button', { name: /^Edit note/ }).click();
    await moderator.getByLabel(/^Note of/).fill(to);
    await moderator.getByRole('button', { name: 'Save' }).click();
    await expect(row(viewer, to)).toHaveCount(1);
  };
  await edit('first words', 'second words');
  await edit('second words', 'third words');
  const log = await openTab(streamer, 'Log');
  const act = (words: string) => log.locator('.log__row').filter({ hasText: words });
  const [early, late] = ['“first words” → “second words”', '“second words” → “third words”'];
  await act(early).getByRole('button', { name: /^Undo/ }).click();
  await expect(log.getByText(/changed again since/)).toBeVisible();
  await expect(row(viewer, 'third words')).toHaveCount(1);
  await act(late).getByRole('button', { name: /^Undo/ }).click();
  await expect(row(viewer, 'second words')).toHaveCount(1);
  // The log is read again after that, and the row that says so now is higher: what is below it moves.
  await expect(log.locator('.log__row--undone')).toHaveCount(1);
  await act(early).getByRole('button', { name: /^Undo/ }).click();
  await expect(row(viewer, 'first words')).toHaveCount(1);
  await expect(log.locator('.log__row--undone')).toHaveCount(2);
});

test('the log follows what others do, and nothing moves in one that is read', async ({ person }) => {
  const { streamer, moderator, viewer } = await scene(person);
  for (const note of ['one', 'two', 'three']) await pressClip(viewer, { note });
  const log = await openTab(streamer, 'Log');
  await expect(log.getByText('Nothing has been done yet.')).toBeVisible();
  const hide = async (note: string) => {
    await row(moderator, note).getByRole('button', { name: /^Hide/ }).click();
    await expect(row(moderator, note)).toContainText('hidden');
  };
  await hide('one');
  await expect(log.getByRole('listitem')).toHaveCount(1);
  const first = log.getByRole('button', { name: /^Undo/ });
  await first.focus();
  const before = (await first.boundingBox())!.y;
  await hide('two');
  const more = log.getByRole('button', { name: '1 new' });
  await expect(more).toBeVisible();
  expect((await first.boundingBox())!.y).toBe(before);
  await more.click();
  await expect(log.getByRole('listitem')).toHaveCount(2);
  await expect(more).toBeHidden();
});

test('what was undone elsewhere is no longer offered to be undone', async ({ person }) => {
  const { streamer, moderator, troll, viewer } = await scene(person);
  for (const note of ['ad one', 'ad two', 'ad three']) await pressClip(troll, { note });
  await expect(rows(viewer)).toHaveCount(3);
  const bar = moderator.locator('.moderation-list .undo-bar');
  const log = await openTab(streamer, 'Log');
  const undoInLog = async (words: string) => {
    const undo = log.getByRole('listitem').filter({ hasText: words }).first().getByRole('button', { name: /^Undo/ });
    const more = log.getByRole('button', { name: '1 new' });
    // Nothing is added while the streamer is in the log.
    await expect(undo.or(more).first()).toBeVisible();
    if (await more.isVisible()) await more.click();
    await undo.click();
    await expect(log.locator('.log__row--undone').filter({ hasText: words }).first()).toBeVisible();
  };
  for (const note of ['ad one', 'ad two']) await tick(row(moderator, note));
  await moderator.getByRole('button', { name: 'Hide 2' }).click();
  await expect(bar).toContainText('2 timestamps are hidden from viewers.');
  await undoInLog('hid 2 timestamps');
  await expect(bar).toBeHidden();
  await expect(rows(viewer)).toHaveCount(3);

  // A block leaves no trace in the rows: the log is looked at once in a while.
  await row(moderator, 'ad three').getByRole('button', { name: /^Viewer/ }).click();
  await moderator.getByRole('dialog').getByRole('button', { name: 'Block them' }).click();
  await expect(bar).toContainText('from now on is hidden');
  await undoInLog('blocked the viewer');
  await expect(bar).toBeHidden();
});

test('why something was not undone is no longer said beside what is done next', async ({ person }) => {
  const { moderator, viewer } = await scene(person);
  for (const note of ['one', 'two']) await pressClip(viewer, { note });
  const bar = moderator.locator('.moderation-list .undo-bar');
  const hide = async (note: string) => {
    await tick(row(moderator, note));
    await moderator.getByRole('button', { name: 'Hide 1' }).click();
    await expect(row(moderator, note)).toContainText('hidden');
  };
  await hide('one');
  await moderator.route('**/rpc/undo', (route) => route.fulfill({ status: 409, json: { error: 'edited_since' } }), { times: 1 });
  await bar.getByRole('button', { name: 'Undo' }).click();
  await expect(bar.getByRole('alert')).toContainText('changed again since');
  await hide('two');
  await expect(bar.getByRole('alert')).toBeHidden();
  await bar.getByRole('button', { name: 'Undo' }).click();
  await expect(row(moderator, 'two')).not.toContainText('hidden');
  await expect(bar).toBeHidden();
});

test('that something was not undone is said to who has done something else meanwhile', async ({ person }) => {
  const { moderator, viewer } = await scene(person);
  for (const note of ['one', 'two']) await pressClip(viewer, { note });
  const bar = moderator.locator('.moderation-list .undo-bar');
  let refuse = () => {};
  const held = new Promise<void>((resolve) => (refuse = resolve));
  await moderator.route('**/rpc/undo', async (route) => {
    await held;
    await route.fulfill({ status: 409, json: { error: 'edited_since' } });
  });
  for (const note of ['one', 'two']) {
    await tick(row(moderator, note));
    await moderator.getByRole('button', { name: 'Hide 1' }).click();
    await expect(row(moderator, note)).toContainText('hidden');
    if (note === 'one') await bar.getByRole('button', { name: 'Undo' }).click();
  }
  refuse();
  const said = moderator.getByRole('status').filter({ hasText: /^Not undone: 1 timestamp is hidden.*changed again since/ });
  await expect(said).toHaveCount(1);
  await expect(bar.getByRole('alert')).toBeHidden();
});

test('a filter unticks the rows that it hides, and is told before all that pass it are hidden', async ({ person }) => {
  const { streamer, moderator, troll, viewer } = await scene(person);
  for (const note of ['the Baron one', 'the Baron two', 'fine', 'well']) await pressClip(troll, { note });
  await expect(rows(moderator)).toHaveCount(4);
  const filter = moderator.getByRole('searchbox');
  const ticked = moderator.getByRole('group', { name: 'Ticked rows' });
  await filter.fill('Baron');
  await expect(rows(moderator)).toHaveCount(2);
  for (const note of ['one', 'two']) await tick(row(moderator, note));
  await expect(ticked).toContainText('2 ticked');
  await filter.fill('two');
  await expect(ticked).toContainText('1 ticked');
  await filter.fill('fine');
  await expect(ticked).toHaveCount(0);
  await filter.fill('');
  await expect(rows(moderator)).toHaveCount(4);
  await expect(rows(moderator).getByRole('checkbox', { checked: true })).toHaveCount(0);

  // Rows that are hidden drop out as well, whoever hides them.
  for (const note of ['fine', 'well']) await tick(row(moderator, note));
  await moderator.getByLabel('Show hidden ones').uncheck();
  await row(streamer, 'fine').getByRole('button', { name: /^Hide/ }).click();
  await expect(ticked).toContainText('1 ticked');
  await moderator.getByRole('button', { name: 'Untick all' }).click();

  await filter.fill('Baron');
  await moderator.locator('#segment').selectOption('Segment 1');
  await moderator.getByRole('button', { name: 'Hide all 2 that match the filter' }).click();
  const dialog = moderator.getByRole('dialog', { name: 'Hide all that match the filter?' });
  await expect(dialog).toContainText('2 timestamps with “Baron” in the note or name, in segment 1.');
  await dialog.getByRole('button', { name: 'Hide', exact: true }).click();
  await expect(row(viewer, 'Baron')).toHaveCount(0);
});
