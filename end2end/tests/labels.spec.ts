// Labels: the streamer sets them, viewers press them with scripts and without, staff filter by them.
import AxeBuilder from '@axe-core/playwright';
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, clickTwice, crowdPresses, download, holdCalls, mintModeratorLink, openSession, openTab, rows } from '../support/actions';

test('a label is one press, and is renamed everywhere', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Labelled', 'Any');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await act(streamer, 'Start');

  const labels = viewer.getByRole('group', { name: 'Clip it with a label' });
  await expect(labels.getByRole('button')).toHaveText(['funny', 'clutch', 'fail', 'scary', 'wow']);
  await viewer.getByLabel('What happened?').fill('He fell');
  await labels.getByRole('button', { name: 'fail' }).click();
  await expect(viewer.getByText(/^Saved at/)).toBeVisible();
  await expect(viewer.getByLabel('What happened?')).toHaveValue('');
  for (const page of [viewer, moderator]) {
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page).locator('.label')).toHaveText('fail');
  }
  // The large button and the Enter key are without one.
  await viewer.getByLabel('What happened?').fill('no label');
  await viewer.getByLabel('What happened?').press('Enter');
  await expect(rows(viewer)).toHaveCount(2);
  await expect(rows(viewer).locator('.label')).toHaveCount(1);

  await moderator.getByRole('combobox', { name: 'Label' }).selectOption('fail');
  await expect(rows(moderator)).toHaveCount(1);
  await moderator.getByRole('combobox', { name: 'Label' }).selectOption('');
  await expect(rows(moderator)).toHaveCount(2);

  const editor = await openTab(streamer, 'Session');
  const form = editor.getByRole('form', { name: 'Labels' });
  const colours = await form.getByRole('combobox').evaluateAll((choices) => choices.map((choice) => (choice as HTMLSelectElement).value));
  expect(new Set(colours).size).toBe(6);
  await form.getByLabel('Word of label 3').fill('oops');
  await form.getByRole('button', { name: 'Remove label 1' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Saved.')).toBeVisible();
  await expect(labels.getByRole('button')).toHaveText(['clutch', 'oops', 'scary', 'wow']);
  for (const page of [viewer, moderator]) await expect(rows(page).locator('.label')).toHaveText('oops');

  await form.getByLabel('Word of label 1').fill('OOPS!');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText(/Two labels say/)).toBeVisible();
  await form.getByLabel('Word of label 1').fill('phew');
  await expect(form.getByText(/Two labels say/)).toBeHidden();

  const text = await download(streamer, 'Text');
  expect(text.body).toContain('– [oops] He fell');
});

test('a filter by a label goes on showing which one when that is renamed or removed', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Filtered', 'Any');
  await act(streamer, 'Start');
  for (const word of ['fail', 'wow']) {
    await streamer.getByRole('button', { name: word, exact: true }).click();
    await expect(rows(streamer).filter({ hasText: word })).toHaveCount(1);
  }
  const filter = streamer.getByRole('combobox', { name: 'Label', exact: true });
  const chosen = () => filter.evaluate((select: HTMLSelectElement) => select.selectedOptions[0].textContent);
  await filter.selectOption('fail');
  await expect(rows(streamer)).toHaveCount(1);
  const form = (await openTab(streamer, 'Session')).getByRole('form', { name: 'Labels' });
  await form.getByLabel('Word of label 3').fill('oops');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(rows(streamer).locator('.label')).toHaveText('oops');
  await expect.poll(chosen).toBe('oops');
  await expect(form.getByText('Saved.')).toBeVisible();
  await form.getByRole('button', { name: 'Remove label 3' }).click();
  // What is saved no longer stands there.
  await expect(form.getByText('Saved.')).toBeHidden();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect.poll(chosen).toContain('oops (removed)');
  await expect(rows(streamer)).toHaveCount(1);
  await filter.selectOption('');
  await expect(rows(streamer)).toHaveCount(2);
});

test('two labels in a row are two presses, and one label twice at once is one', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Quick', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await clickTwice(viewer.getByRole('button', { name: 'funny' }));
  await viewer.getByRole('button', { name: 'wow' }).click();
  await expect(rows(viewer)).toHaveCount(2);
  for (const word of ['wow', 'funny']) await expect(rows(viewer).locator('.label', { hasText: word })).toHaveCount(1);
});

test('long labels scroll, and leave room for what stands beside them', async ({ person }) => {
  const streamer = await person({ viewport: { width: 1280, height: 720 } });
  await openSession(streamer, 'Long', 'Any');
  const form = (await openTab(streamer, 'Session')).getByRole('form', { name: 'Labels' });
  const words = ['great play', 'funny moment', 'epic fail', 'jump scare', 'rage quit', 'new record'];
  for (const [at, word] of words.entries()) await form.getByLabel(`Word of label ${at + 1}`).fill(word);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Saved.')).toBeVisible();
  await act(streamer, 'Start');
  const fields = [streamer.getByLabel('What happened?'), streamer.getByLabel('Your name')];
  for (const width of [1100, 1280]) {
    await streamer.setViewportSize({ width, height: 720 });
    const places = [...fields, streamer.getByRole('button', { name: 'Pause', exact: true })];
    const [note, name, pause] = await Promise.all(places.map(async (place) => (await place.boundingBox())!));
    expect(note.width).toBeGreaterThan(100);
    expect(name.width).toBeGreaterThan(80);
    expect(name.x).toBeGreaterThan(note.x + note.width);
    expect(pause.x).toBeGreaterThan(name.x + name.width);
  }
  await streamer.getByRole('button', { name: 'new record' }).click();
  await expect(rows(streamer).filter({ hasText: 'new record' })).toHaveCount(1);
});

test('a colour that is chosen before its word stays while another page changes the labels', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Chosen', 'Any');
  await act(streamer, 'Start');
  const form = (await openTab(streamer, 'Session')).getByRole('form', { name: 'Labels' });
  const other = await streamer.context().newPage();
  await other.goto(`/s/${code}/control`);
  const otherForm = (await openTab(other, 'Session')).getByRole('form', { name: 'Labels' });
  const offered = streamer.getByRole('group', { name: 'Clip it with a label' }).getByRole('button');
  await form.getByLabel('Colour of label 6').selectOption('pink');
  await otherForm.getByLabel('Word of label 1').fill('hilarious');
  await otherForm.getByRole('button', { name: 'Save' }).click();
  await expect(offered).toHaveText(['hilarious', 'clutch', 'fail', 'scary', 'wow']);
  await expect(form.getByLabel('Colour of label 6')).toHaveValue('pink');
  await form.getByLabel('Word of label 6').fill('boss');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Saved.')).toBeVisible();
  // With what the other page has changed.
  await expect(form.getByLabel('Word of label 1')).toHaveValue('hilarious');
  await expect(otherForm.getByLabel('Word of label 6')).toHaveValue('boss');
  for (const page of [form, otherForm]) await expect(page.getByLabel('Colour of label 6')).toHaveValue('pink');
});

test('another word for a label that is still being added renames it', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Renamed', 'Any');
  await act(streamer, 'Start');
  const form = (await openTab(streamer, 'Session')).getByRole('form', { name: 'Labels' });
  const offered = streamer.getByRole('group', { name: 'Clip it with a label' }).getByRole('button');
  const held = await holdCalls(streamer, 'set_labels');
  for (const word of ['bos', 'boss']) {
    await form.getByLabel('Word of label 6').fill(word);
    await form.getByLabel('Word of label 6').press('Enter');
    await expect.poll(() => held.calls).toBe(1);
  }
  held.open();
  await expect(form.getByText('Saved.')).toBeVisible();
  await expect(offered).toHaveText(['funny', 'clutch', 'fail', 'scary', 'wow', 'boss']);
  expect(held.calls).toBe(2);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`a label is pressed without scripts, and can be read in the ${colorScheme} theme`, async ({ person }) => {
    const streamer = await person({ colorScheme });
    const code = await openSession(streamer, 'Plain', 'Any');
    const editor = await openTab(streamer, 'Session');
    const form = editor.getByRole('form', { name: 'Labels' });
    // Six of the eight colours; the other two take the place of two of them.
    await form.getByLabel('Word of label 6').fill('boss');
    await form.getByLabel('Colour of label 6').selectOption('pink');
    await form.getByLabel('Colour of label 1').selectOption(colorScheme === 'dark' ? 'teal' : 'yellow');
    await form.getByLabel('Colour of label 2').selectOption(colorScheme === 'dark' ? 'orange' : 'green');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form.getByText('Saved.')).toBeVisible();
    await act(streamer, 'Start');
    const viewer = await person({ colorScheme, javaScriptEnabled: false });
    for (const word of ['funny', 'clutch', 'fail', 'scary', 'wow', 'boss']) {
      await viewer.goto(`/s/${code}`);
      await viewer.getByRole('button', { name: word }).click();
      await expect(viewer.getByText(/^Saved at/)).toBeVisible();
    }
    const moderator = await person({ colorScheme });
    await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
    await expect(rows(moderator).locator('.label')).toHaveCount(6);
    for (const page of [streamer, moderator]) {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    }
  });
}

test('a label that is removed while somebody chooses it is never dropped in silence', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Removed', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const own = viewer.getByRole('region', { name: 'Your presses' });
  const offered = viewer.getByRole('group', { name: 'Clip it with a label' }).getByRole('button');
  const form = (await openTab(streamer, 'Session')).getByRole('form', { name: 'Labels' });
  const removeFirst = async (next: string) => {
    await form.getByRole('button', { name: 'Remove label 1' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    // Once it is saved, the others move up.
    await expect(form.getByLabel('Word of label 1')).toHaveValue(next);
  };
  await viewer.getByRole('button', { name: 'funny' }).click();
  await own.getByRole('button', { name: /^Edit/ }).click();
  await own.getByLabel('Note').fill('half');
  await own.getByLabel('Label').selectOption('clutch');

  // Its own label can stay, though it is removed; another one that is removed can't be given.
  await removeFirst('clutch');
  await removeFirst('fail');
  await expect(offered).toHaveText(['fail', 'scary', 'wow']);
  await own.getByRole('button', { name: 'Save' }).click();
  await expect(own.getByRole('alert')).toHaveText(/removed this label, so nothing was changed/);
  await expect(own.getByLabel('Note')).toHaveValue('half');
  await expect(rows(viewer).locator('.label')).toHaveText('funny');
  await own.getByLabel('Label').selectOption('funny');
  await own.getByLabel('Note').fill('all of it');
  await own.getByRole('button', { name: 'Save' }).click();
  await expect(own.getByLabel('Note')).toHaveCount(0);
  await expect(own.locator('.own__refusal')).toHaveText('');
  await expect(rows(streamer)).toContainText(['all of it']);
  await expect(rows(streamer).locator('.label')).toHaveText('funny');

  // A page that has not heard of it says afterwards what was saved.
  await own.getByRole('button', { name: /^Edit/ }).click();
  await own.getByLabel('Label').selectOption('wow');
  let changed = false;
  await viewer.route('**/rpc/edit_own', async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    changed = true;
    await route.fulfill({ response: answer, json: { ...body, label: undefined } });
  });
  await own.getByRole('button', { name: 'Save' }).click();
  await expect(own.getByRole('alert')).toHaveText(/without the label/);
  expect(changed).toBe(true);
});

test('a label’s button keeps the focus while the streamer edits the labels', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Focused', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const labels = viewer.getByRole('group', { name: 'Clip it with a label' }).getByRole('button');
  const form = (await openTab(streamer, 'Session')).getByRole('form', { name: 'Labels' });
  const rename = async (nth: number, word: string) => {
    await form.getByLabel(`Word of label ${nth}`).fill(word);
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(labels.nth(nth - 1)).toHaveText(word);
  };
  await labels.nth(1).focus();
  const button = await labels.nth(1).elementHandle();
  await rename(1, 'hilarious');
  expect(await button?.evaluate((element) => element === document.activeElement)).toBe(true);
  await rename(2, 'great');
  await expect(labels.nth(1)).toBeFocused();
  await viewer.keyboard.press('Space');
  await expect(rows(streamer).locator('.label')).toHaveText('great');

  await form.getByRole('button', { name: 'Remove label 2' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(labels).toHaveText(['hilarious', 'fail', 'scary', 'wow']);
  await expect(viewer.getByRole('button', { name: /^clip that/i })).toBeFocused();
});

test('the lead is measured on air, and lists show where a clip starts', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Late', 'Any');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const editor = await openTab(streamer, 'Session');
  const measure = editor.getByRole('button', { name: 'Measure' });
  await expect(measure).toBeDisabled();
  await act(streamer, 'Start');
  await measure.press('Enter');
  await expect(editor.getByText(/Listening for a minute/)).toBeVisible();
  await expect(measure).toHaveAttribute('aria-busy', 'true');
  await expect(measure).toBeFocused();
  await streamer.waitForTimeout(2_000);
  await crowdPresses(streamer, code, { secondsAgo: 0, visitors: 3, note: 'now' });
  const use = editor.getByRole('button', { name: /^Use \d+ s$/ });
  await expect(use).toBeVisible();
  await use.click();
  const seconds = Number(await editor.getByLabel('Seconds to step back').inputValue());
  expect(seconds).toBeLessThan(15);
  const unsaved = editor.getByRole('status').filter({ hasText: `${seconds} s is filled in. Save to keep it.` });
  await expect(unsaved).toBeVisible();
  await editor.getByLabel('Seconds to step back').fill('121');
  await expect(unsaved).toHaveCount(0);
  await editor.getByRole('button', { name: 'Save' }).first().click();
  await expect(editor.getByText(/from 0 to 120/)).toBeVisible();
  await editor.getByLabel('Seconds to step back').fill('1');
  await editor.getByRole('button', { name: 'Save' }).first().click();
  await expect(editor.getByText('Saved.')).toBeVisible();
  // Every row tells its own offset and, one second earlier, where a clip starts.
  const row = rows(moderator).first();
  await expect(row.locator('.timestamp__start')).toHaveText(/^clip from \d\d:\d\d:\d\d$/);
  const time = async (place: string) => {
    const [hours, minutes, rest] = (await row.locator(place).innerText()).replace('clip from ', '').split(':').map(Number);
    return hours * 3_600 + minutes * 60 + rest;
  };
  await expect.poll(async () => (await time('.timestamp__offset')) - (await time('.timestamp__start'))).toBe(1);
  await expect(moderator.locator('.moment__start').first()).toHaveText(/^clip from/);
});
