// Who presses too often is told so, and loses nothing.
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, openSession, pressClip, rows, unsent } from '../support/actions';

// So long that four presses come within it on any machine.
test.use({ flags: ['--limits', 'true', '--press-burst', '2', '--press-seconds', '20'] });

test('who presses too often is told that the press is kept, and all arrive', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Too often', 'Any');
  await act(streamer, 'Start');
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);

  let asked = 0;
  viewer.on('request', (request) => (asked += Number(request.url().endsWith('/rpc/submit'))));
  const notes = ['one', 'two', 'three', 'four'];
  for (const note of notes) await pressClip(viewer, { note });
  await expect(viewer.getByText(/too many presses in a short time: this one is kept, and sent automatically/i)).toBeVisible();
  await expect(unsent(viewer).filter({ hasText: 'four' })).toContainText(/waiting/i);

  await expect(unsent(viewer)).toHaveCount(0);
  for (const note of notes) await expect(rows(streamer).filter({ hasText: note })).toHaveCount(1);
  // Each press once; the third again when it may, the fourth right after it, and again when it may.
  expect(asked).toBeLessThanOrEqual(8);
});

test('presses that were too many outlive a reload', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Too often', 'Any');
  await act(streamer, 'Start');
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const notes = ['one', 'two', 'three'];
  for (const note of notes) await pressClip(viewer, { note });
  await expect(unsent(viewer).filter({ hasText: 'three' })).toContainText(/waiting/i);
  await viewer.reload();
  await expect(unsent(viewer)).toHaveCount(0);
  for (const note of notes) await expect(rows(streamer).filter({ hasText: note })).toHaveCount(1);
});
