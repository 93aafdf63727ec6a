// The rehearsal before the stream: a marked press goes the whole way, and leaves nothing behind.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { openSession } from '../support/actions';

/** Rehearses until every step has gone well. */
async function rehearse(streamer: Page) {
  await streamer.getByRole('button', { name: /rehears/i }).click();
  for (const step of ['Server', 'Database', 'Live stream', 'Export', 'Cleaned up']) {
    await expect(
      streamer.getByRole('listitem').filter({ hasText: step }).filter({ hasText: /works/ }),
    ).toBeVisible();
  }
}

test('a rehearsal shows every step green and counts nothing', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Rehearsed', 'Any');
  await rehearse(streamer);
  await streamer.goto('/');
  await expect(streamer.getByRole('link', { name: /^Rehears/ })).toHaveCount(1);
});

test('a rehearsal whose deletion goes unheard is cleaned up all the same', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Rehearsed', 'Any');
  await streamer.route(
    '**/rpc/end_rehearsal',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await rehearse(streamer);
});
