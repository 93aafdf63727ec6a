// What the pages say in a browser without scripts.
import { expect, test } from '../support/fixtures';

test('without scripts the pages say what needs them', async ({ person }) => {
  const streamer = await person({ javaScriptEnabled: false });
  await streamer.goto('/');
  await streamer.getByLabel('Title').fill('Plain');
  await streamer.getByLabel('Game').fill('Any');
  await streamer.getByRole('button', { name: 'Open the session' }).click();
  await expect(streamer).toHaveURL(/\/control#ctl_[0-9a-f]{64}$/);
  await expect(streamer.getByRole('heading', { name: /save the address of this page now/i })).toBeVisible();
  for (const name of ['Rehearse', 'Make a link', 'Copy link', 'Replace the control link']) {
    await expect(streamer.getByRole('button', { name, exact: true })).toBeHidden();
  }
  await expect(streamer.getByText(/need scripts in this browser/i)).toBeVisible();
  const [, code] = /\/s\/([0-9A-Z]{6})\//.exec(streamer.url()) ?? [];
  const viewer = await person({ javaScriptEnabled: false });
  await viewer.goto(`/s/${code}`);
  await expect(viewer.getByText(/reload this page when the stream has started/i)).toBeVisible();
  await expect(viewer.getByText(/wakes up automatically/i)).toBeHidden();
  await streamer.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(streamer.getByText('Live', { exact: true })).toBeVisible();
  await expect(streamer.getByText(/save the address/i)).toBeHidden();
});
