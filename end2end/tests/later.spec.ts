// Parts of the desk whose code arrives after the page is live: they say so, and come on a slow or broken network too.
import { expect, test } from '../support/fixtures';
import { act, openSession, openTab } from '../support/actions';

const LATER = '**/pkg/desk-later.*.wasm';

test('what is opened before its code has come says so, works once it is there, and holds nothing else up', async ({ person }) => {
  const streamer = await person();
  let arrive = () => {};
  const arrival = new Promise<void>((resolve) => (arrive = resolve));
  await streamer.route(LATER, async (route) => {
    await arrival;
    await route.continue();
  });
  await openSession(streamer, 'Late', 'Any');
  await act(streamer, 'Start');
  await openTab(streamer, 'Rules');
  await expect(streamer.locator('#pane-rules')).toContainText('Loading…');
  await expect(streamer.locator('#pane-links')).not.toContainText('Loading…');
  arrive();
  await expect(streamer.locator('#pane-rules').getByRole('checkbox').first()).toBeVisible();
  await expect(streamer.getByText('Loading…')).toHaveCount(0);
});

test('code that could not be loaded is loaded by trying again', async ({ person }) => {
  const streamer = await person();
  await streamer.route(LATER, (route) => route.abort());
  await openSession(streamer, 'Broken', 'Any');
  const rules = await openTab(streamer, 'Rules');
  await expect(rules.getByRole('alert')).toContainText('could not be loaded');
  await expect(rules.getByRole('button', { name: 'Reload the page' })).toBeVisible();
  await rules.getByRole('button', { name: 'Try again' }).click();
  await expect(rules.getByRole('alert')).toContainText('could not be loaded');
  await streamer.unroute(LATER);
  await rules.getByRole('button', { name: 'Try again' }).click();
  await expect(rules.getByRole('checkbox').first()).toBeVisible();
  await act(streamer, 'Start');
});
