// The pages' policy in every engine. The attack is tried without the policy too: there it works.
import { expect, test } from './fixtures';
import { openSession } from './actions';

test('a script that found its way into a page does not run', async ({ person, gateway }) => {
  gateway.injected = '<script>window.harmed = 1</script>';
  const streamer = await person('streamer');
  // The pages' own scripts run all the same: opening a session needs them.
  await openSession(streamer, gateway.url, 'Harmless');
  expect(await streamer.value("'harmed' in window")).toBe(false);
  await expect.poll(() => gateway.refused.length).toBeGreaterThanOrEqual(2);
  expect(new Set(gateway.refused)).toEqual(new Set(['script-src-elem: inline']));

  gateway.policy = false;
  await streamer.goto(`${gateway.url}/`);
  expect(await streamer.value("'harmed' in window")).toBe(true);
});
