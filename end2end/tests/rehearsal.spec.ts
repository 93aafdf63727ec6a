// The rehearsal before the stream: a marked press goes the whole way, and leaves nothing behind.
import { expect, test } from '../support/fixtures';
import { openSession } from '../support/actions';

test('a rehearsal shows every step green and counts nothing', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Rehearsed', 'Any');
  await streamer.getByRole('button', { name: /rehears/i }).click();
  for (const step of ['Server', 'Database', 'Live stream', 'Export', 'Cleaned up']) {
    await expect(
      streamer.getByRole('listitem').filter({ hasText: step }).filter({ hasText: /works/ }),
    ).toBeVisible();
  }
  await streamer.goto('/');
  await expect(streamer.getByRole('link', { name: /^Rehears/ })).toHaveCount(1);
});
