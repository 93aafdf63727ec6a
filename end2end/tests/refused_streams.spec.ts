// More people watch a session than the server has live streams for.
import { expect, test } from '../support/fixtures';
import { act, openSession, pressClip, rows } from '../support/actions';

// The streamer's own page takes it.
test.use({ flags: ['--max-session-streams', '1'] });

test('a page for which there is no stream left asks instead, says so, and is live when there is one', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Crowded', 'Any');
  await act(streamer, 'Start');
  const clock = streamer.locator('.clock__time');
  await expect(clock).toHaveText(/^\d\d:\d\d:\d\d$/);
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  const banner = viewer.locator('.banner', { hasText: 'opens no live stream' });
  await expect(banner).toBeVisible();
  await expect(banner.getByRole('button')).toHaveCount(0);
  await pressClip(streamer, { note: 'seen by asking' });
  await expect(rows(viewer)).toContainText(['seen by asking']);
  await pressClip(viewer, { note: 'sent as well' });
  await expect(rows(streamer).filter({ hasText: 'sent as well' })).toHaveCount(1);

  await streamer.goto('about:blank');
  await expect(banner).toBeHidden();
  // Only a stream brings anything now.
  await viewer.route('**/snapshot*', (route) => route.abort());
  const other = await person();
  await other.goto(`/s/${code}`);
  await pressClip(other, { note: 'seen by the stream' });
  await expect(rows(viewer)).toContainText(['seen by the stream']);
  await expect(viewer.locator('.banner')).toBeHidden();
});
