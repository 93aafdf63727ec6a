// A refusal lasts as long as its cause, and is said once.
import { expect, test } from '../support/fixtures';
import { act, appRuns, openSession, pressClip, rows, unsent } from '../support/actions';

const paused = /press again when it resumes/i;

test('what is said of a press goes when the stream changes', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Refused', 'Any');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await act(streamer, 'Start');
  await expect(viewer.getByText('Live', { exact: true })).toBeVisible();
  await pressClip(viewer, {});
  await expect(viewer.getByText(/saved at/i)).toBeVisible();

  await act(streamer, 'Pause');
  await expect(viewer.getByText('Paused', { exact: true })).toBeVisible();
  await expect(viewer.getByText(/saved at/i)).toHaveCount(0);
  for (const page of [viewer, streamer]) {
    await pressClip(page, {});
    await expect(page.getByText(paused)).toHaveCount(1);
    await expect(unsent(page)).toHaveCount(0);
  }

  await act(streamer, 'Resume');
  await expect(viewer.getByText('Live', { exact: true })).toBeVisible();
  for (const page of [viewer, streamer]) await expect(page.getByText(paused)).toHaveCount(0);
  await pressClip(viewer, {});
  await expect(viewer.getByText(/saved at/i)).toBeVisible();

  await act(streamer, 'End');
  await expect(viewer.getByText('Ended', { exact: true })).toBeVisible();
  await expect(streamer.getByRole('button', { name: /^clip that/i })).toHaveCount(0);
  await act(streamer, 'Reopen');
  await expect(viewer.getByText('Paused', { exact: true })).toBeVisible();
  for (const page of [viewer, streamer]) {
    await expect(page.getByRole('button', { name: /^clip that/i })).toBeVisible();
    await expect(page.getByText(/saved at/i)).toHaveCount(0);
    await expect(page.getByText(paused)).toHaveCount(0);
  }
  await expect(rows(viewer)).toHaveCount(2);
});

test('a refused note goes back to its field, and the refusal is said once', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Too early', 'Any');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await pressClip(viewer, { note: 'early bird' });
  await expect(viewer.getByText(/press again once it has started/i)).toHaveCount(1);
  await expect(viewer.getByLabel('What happened?')).toHaveValue('early bird');
  await expect(unsent(viewer)).toHaveCount(0);
  await act(streamer, 'Start');
  await expect(viewer.getByText('Live', { exact: true })).toBeVisible();
  await expect(viewer.getByText(/press again/i)).toHaveCount(0);
  await expect(viewer.getByLabel('What happened?')).toHaveValue('early bird');
});

for (const javaScriptEnabled of [true, false]) {
  test(`minutes that are no number keep nobody from ending the stream, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({ person }) => {
    const streamer = await person({ javaScriptEnabled });
    const press = (name: string) => streamer.getByRole('button', { name, exact: true }).click();
    if (javaScriptEnabled) {
      await openSession(streamer, 'No number', 'Any');
      await appRuns(streamer);
    } else {
      await streamer.goto('/');
      await streamer.getByLabel('Title').fill('No number');
      await streamer.getByLabel('Game').fill('Any');
      await press('Open the session');
    }
    const minutes = streamer.locator('#began');
    await streamer.getByText('Already running?').click();
    await minutes.fill('abc');
    await press('Start');
    await expect(streamer.getByText('Please give the minutes as a whole number.')).toBeVisible();
    await minutes.fill('abc');
    if (javaScriptEnabled) await act(streamer, 'End');
    else await press('End');
    await expect(streamer.getByRole('button', { name: 'Reopen', exact: true })).toBeVisible();
  });
}
