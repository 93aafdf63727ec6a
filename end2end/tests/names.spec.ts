// A session that requires a name: what was pressed without one is kept until there is one.
import type { Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, openSession, openTab, pressClip, rows, unsent } from '../support/actions';

test.use({ serviceWorkers: 'allow' });

/** Switches the rule "Every press needs a name" on or off. */
async function requireNames(streamer: Page, isRequired: boolean): Promise<void> {
  const rules = await openTab(streamer, 'Rules');
  await rules.getByLabel('Every press needs a name').setChecked(isRequired);
  await Promise.all([
    streamer.waitForResponse((answer) => answer.url().endsWith('/rpc/set_settings') && answer.ok()),
    rules.getByRole('button', { name: 'Save' }).click(),
  ]);
}

/**
 * Presses with these notes and without a name, more than a second apart: offsets are whole seconds, and what is sent together
 * does not arrive at one instant.
 */
async function pressNameless(viewer: Page, notes: string[]): Promise<void> {
  for (const [nth, note] of notes.entries()) {
    await pressClip(viewer, { note });
    await expect(unsent(viewer)).toHaveCount(nth + 1);
    await viewer.waitForTimeout(1_500);
  }
}

/** Presses with these notes while the page is offline, and learns only afterwards that every press needs a name: they wait for it. */
async function pressBeforeNamesAreRequired(streamer: Page, viewer: Page, notes: string[]): Promise<void> {
  await viewer.context().setOffline(true);
  await pressNameless(viewer, notes);
  await requireNames(streamer, true);
  await viewer.context().setOffline(false);
}

/** The offset of the press with this note, in seconds. */
async function offset(page: Page, note: string): Promise<number> {
  const row = rows(page).filter({ hasText: note });
  await expect(row).toHaveCount(1);
  const [, hours, minutes, seconds] = /(\d+):(\d\d):(\d\d)/.exec(await row.innerText()) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const asked = (page: Page, words: string) => page.getByRole('status').filter({ hasText: words });
const three = 'Fill in your name: 3 presses wait for it.';
const notes = ['one', 'two', 'three'];

test('presses that were kept offline wait for a name through a reload, and are all saved at their moments', async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Names', 'Any');
  await act(streamer, 'Start');
  await requireNames(streamer, true);
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await viewer.evaluate(async () => void (await navigator.serviceWorker.ready));
  await server.stop();
  await viewer.goto(`/s/${code}`);
  await expect(viewer.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await pressNameless(viewer, notes);
  await server.start();

  await expect(viewer.getByRole('heading', { name: 'Names' })).toBeVisible();
  await expect(asked(viewer, three)).toBeVisible();
  await expect(unsent(viewer)).toContainText(notes.map((note) => new RegExp(`${note}.*Waiting for your name`)));
  await expect(viewer.getByLabel('What happened?')).toHaveValue('');
  await viewer.reload();
  await expect(asked(viewer, three)).toBeVisible();
  await expect(unsent(viewer)).toHaveCount(3);
  await viewer.waitForTimeout(3_000);

  // Enter in the field is the answer, and no press.
  await viewer.getByLabel('Your name').fill('Ciri');
  await viewer.getByLabel('Your name').press('Enter');
  await expect(unsent(viewer)).toHaveCount(0);
  await expect(asked(viewer, 'Fill in')).toHaveCount(0);
  for (const page of [viewer, streamer]) await expect(rows(page)).toHaveCount(3);
  await expect(rows(streamer)).toContainText(['Ciri', 'Ciri', 'Ciri']);
  const [one, two, last] = [await offset(streamer, 'one'), await offset(streamer, 'two'), await offset(streamer, 'three')];
  expect(two).toBeGreaterThan(one);
  expect(last).toBeGreaterThan(two);
  await viewer.reload();
  await appRuns(viewer);
  await expect(viewer.getByLabel('Your name')).toHaveValue('Ciri');
  await expect(unsent(viewer)).toHaveCount(0);
  await expect(rows(viewer)).toHaveCount(3);
});

for (const way of ['leaving the field', 'the next press'] as const) {
  test(`a rule that comes while the page is offline loses no press: the name comes by ${way}`, async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Meanwhile', 'Any');
    await act(streamer, 'Start');
    const viewer = await person();
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
    await pressBeforeNamesAreRequired(streamer, viewer, notes);

    await expect(asked(viewer, three)).toBeVisible();
    await viewer.getByLabel('Your name').fill('Ciri');
    // What is only being written is not sent.
    await expect(unsent(viewer)).toHaveCount(3);
    if (way === 'the next press') await pressClip(viewer, { note: 'four' });
    else await viewer.getByLabel('Your name').blur();
    const count = way === 'the next press' ? 4 : 3;
    await expect(unsent(viewer)).toHaveCount(0);
    for (const page of [viewer, streamer]) await expect(rows(page)).toHaveCount(count);
    await expect(rows(streamer).filter({ hasText: 'Ciri' })).toHaveCount(count);
  });
}

test('a name that was given while the page was offline is taken by the presses before it', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Named later', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await viewer.context().setOffline(true);
  await pressNameless(viewer, ['one', 'two']);
  await viewer.getByLabel('What happened?').fill('three');
  await viewer.getByLabel('Your name').fill('Ciri');
  await viewer.getByLabel('Your name').press('Enter');
  await expect(unsent(viewer)).toHaveCount(3);
  await requireNames(streamer, true);
  await viewer.context().setOffline(false);
  await expect(unsent(viewer)).toHaveCount(0);
  await expect(rows(streamer).filter({ hasText: 'Ciri' })).toHaveCount(3);
});

test('who takes back with the keyboard what waits for a name goes on with the next one, and presses nothing', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Taken back', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await pressBeforeNamesAreRequired(streamer, viewer, notes);
  await expect(asked(viewer, three)).toBeVisible();
  const takeBack = (note: string) => unsent(viewer).filter({ hasText: note }).getByRole('button', { name: 'Take back' });
  await takeBack('two').focus();
  for (const [left, next] of [[2, takeBack('three')], [1, takeBack('one')], [0, viewer.getByRole('button', { name: /^clip that/i })]] as const) {
    await viewer.keyboard.press('Space');
    await expect(unsent(viewer)).toHaveCount(left);
    await expect(next).toBeFocused();
    // Longer than one intention takes.
    await viewer.waitForTimeout(700);
  }
  await expect(unsent(viewer)).toHaveCount(0);
  await expect(rows(streamer)).toHaveCount(0);
});

test('presses that wait for a name go without when the rule is lifted, and are too late after the end', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Lifted', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  for (const how of ['lifted', 'ended'] as const) {
    await pressBeforeNamesAreRequired(streamer, viewer, [how]);
    await expect(asked(viewer, 'Fill in your name: a press waits for it.')).toBeVisible();
    await expect(viewer.getByPlaceholder('required by the streamer')).toBeVisible();
    if (how === 'lifted') {
      await requireNames(streamer, false);
      await expect(unsent(viewer)).toHaveCount(0);
      await expect(rows(streamer).filter({ hasText: how })).toHaveCount(1);
    } else {
      await act(streamer, 'End');
      await expect(unsent(viewer)).toContainText(/\d\d:\d\d:\d\d.*too late: the stream had ended/);
    }
  }
});

for (const [place, query, width] of [['a dock', '?dock', 280], ['the list of a phone’s desk', '', 320]] as const) {
  test(`in ${place} there is a field for the name while every press needs one`, async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Narrow', 'Any');
    await act(streamer, 'Start');
    const narrow = await streamer.context().newPage();
    await narrow.setViewportSize({ width, height: 700 });
    await narrow.goto(`/s/${code}/control${query}`);
    await appRuns(narrow);
    if (query === '') await narrow.getByRole('tab', { name: 'List', exact: true }).click();
    const [button, name] = [narrow.getByRole('button', { name: /^clip that/i }), narrow.getByLabel('Your name')];
    await expect(button).toBeVisible();
    await expect(name).toBeHidden();
    await requireNames(streamer, true);
    await expect(name).toBeVisible();
    await expect(narrow.getByLabel('What happened?')).toBeHidden();
    for (const shown of [button, name]) await expect(shown).toBeInViewport({ ratio: 1 });

    await button.click();
    await expect(asked(narrow, 'The streamer asks for a name')).toBeVisible();
    await expect(name).toBeFocused();
    await name.fill('Ciri');
    await button.click();
    await expect(rows(streamer)).toContainText(['Ciri']);
    await requireNames(streamer, false);
    await expect(name).toBeHidden();
  });
}

test('a press that is taken back in one tab while it waits for a name is sent by no other', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Names', 'Any');
  await act(streamer, 'Start');
  const first = await person();
  await first.goto(`/s/${code}`);
  await appRuns(first);
  await pressBeforeNamesAreRequired(streamer, first, ['taken back']);
  await expect(unsent(first)).toContainText(/taken back.*Waiting for your name/);
  const second = await first.context().newPage();
  await second.goto(`/s/${code}`);
  await expect(unsent(second)).toContainText(/taken back.*Waiting for your name/);
  await unsent(second).getByRole('button').click();
  await expect(unsent(second)).toHaveCount(0);
  await expect(unsent(first)).toHaveCount(0);

  await pressClip(first, { note: 'named', name: 'Ann' });
  await expect(rows(streamer)).toHaveCount(1);
  await requireNames(streamer, false);
  await pressClip(first, { note: 'last' });
  await expect(rows(streamer).filter({ hasText: 'last' })).toHaveCount(1);
  await expect(rows(streamer).filter({ hasText: 'taken back' })).toHaveCount(0);
});
