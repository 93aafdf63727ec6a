// Calls to the server whose answers come late, get lost, or come when nobody waits any more.
import { expect, test } from '../stage/stage';
import { act, appRuns, mintModeratorLink, openSession, pressClip, rows } from '../stage/people';

/** How many entries a page of the moderation log has. */
const LOG_PAGE = 200;

/** What waits until it is let go. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test('an answer that comes after its page was left does no harm', async ({ person }) => {
  const streamer = await person();
  let key = '';
  await streamer.route('**/api/open_session', async (route) => {
    const answer = await route.fetch();
    key = (await answer.json()).control_key;
    await route.fulfill({ response: answer });
  });
  const code = await openSession(streamer, 'Left', 'Any');
  await act(streamer, 'Start');
  const page = await person();
  await page.goto(await mintModeratorLink(streamer, 'Anna'));
  await pressClip(streamer, { note: 'to be hidden' });
  await rows(page).filter({ hasText: 'to be hidden' }).getByRole('button', { name: /^Hide/ }).click();
  await expect(rows(page).getByRole('button', { name: /^Restore/ })).toBeVisible();

  // A log of more than one page, whose first one is slow the second time.
  const { open, opened: released } = gate();
  let asked = 0;
  let hidden: { id: string } | undefined;
  await page.route('**/api/moderations', async (route) => {
    asked += 1;
    if (asked === 2) await released;
    const answer = await route.fetch();
    hidden ??= (await answer.json())[0] as { id: string };
    const { id } = hidden;
    const entry = (_: unknown, n: number) => ({ ...hidden, id: id.slice(0, -3) + String(n).padStart(3, '0') });
    await route.fulfill({ response: answer, json: Array.from({ length: LOG_PAGE }, entry) });
  });
  await page.getByText('Moderation log').click();
  await page.getByRole('button', { name: 'Show older' }).click();
  await expect.poll(() => asked).toBe(2);

  // A control link that is pasted over the address of the moderators' page makes another page of it.
  const begins = page.waitForResponse('**/api/desk');
  await page.evaluate((key) => (location.hash = key), key);
  await begins;
  await expect(page.getByRole('button', { name: 'Show older' })).toHaveCount(0);
  const answered = page.waitForResponse('**/api/moderations');
  open();
  await answered;
  await expect.poll(() => asked).toBe(3);
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(page.getByRole('button', { name: 'Show older' })).toBeVisible();
  expect(page.url()).toContain(code);
});
