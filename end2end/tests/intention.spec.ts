// One intention, one press: keys that are held, clicks that come twice, keys that belong to an input method.
import { expect, test } from '../stage/stage';
import { act, appRuns, openSession, rows } from '../stage/people';

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

  await button.dblclick();
  await isOneMore();

  await button.focus();
  for (let n = 0; n < 20; n += 1) await viewer.keyboard.down('Enter');
  await viewer.keyboard.up('Enter');
  await isOneMore();

  await viewer.evaluate(() => (document.activeElement as HTMLElement).blur());
  for (let n = 0; n < 20; n += 1) await viewer.keyboard.down('Space');
  await viewer.keyboard.up('Space');
  await isOneMore();

  // Two notes are two intentions, however fast.
  await note.fill('first');
  await viewer.keyboard.press('Enter');
  await note.fill('second');
  await viewer.keyboard.press('Enter');
  presses += 1;
  await isOneMore();
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
  await viewer.keyboard.press('Space');
  await expect(rows(viewer)).toHaveCount(1);
  await viewer.waitForTimeout(700);
  await expect(rows(viewer)).toHaveCount(1);
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
    const isTaken = await page.evaluate(() => {
      const space = new KeyboardEvent('keydown', { key: ' ', bubbles: true, cancelable: true });
      return !document.body.dispatchEvent(space);
    });
    expect(isTaken).toBe(false);
  }
  await act(streamer, 'Reopen');
  for (const page of [viewer, streamer]) {
    await expect(page.locator('#press-form')).toBeVisible();
    await expect(page.getByLabel('Your name')).toHaveValue('Regis');
  }
});
