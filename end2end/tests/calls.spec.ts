// Calls to the server whose answers come late, get lost, or come when nobody waits any more.
import { expect, test } from '../support/fixtures';
import { act, appRuns, mintModeratorLink, openSession, openTab, pressClip, rows } from '../support/actions';

/** How many entries a page of the moderation log has. */
const LOG_PAGE = 200;

/** What waits until it is let go. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test('a second click on "Open the session" while the browser navigates opens one session', async ({ person }) => {
  const streamer = await person();
  await streamer.goto('/');
  await appRuns(streamer);
  const { open, opened } = gate();
  await streamer.route('**/control', async (route) => {
    await opened;
    await route.continue();
  });
  await streamer.getByLabel('Title').fill('Twice');
  await streamer.getByLabel('Game').fill('Any');
  let answers = 0;
  streamer.on('response', (answer) => (answers += Number(answer.url().endsWith('/rpc/open_session'))));
  // From within the page: from outside nothing can be clicked while it navigates.
  await streamer.getByRole('button', { name: 'Open the session' }).evaluate((button: HTMLButtonElement) => {
    const again = new MutationObserver(() => {
      if (button.disabled) return;
      again.disconnect();
      button.click();
    });
    again.observe(button, { attributes: true });
    button.click();
  });
  await expect.poll(() => answers).toBe(2);
  open();
  await streamer.waitForURL(/\/control$/);
  await expect(streamer.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  await streamer.goto('/');
  await expect(streamer.getByRole('link', { name: /^Twice/ })).toHaveCount(1);
});

test('a link that was made behind an answer of "busy" is the one that the next press shows', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Busy', 'Any');
  await appRuns(streamer);
  await streamer.route(
    '**/rpc/mint_link',
    async (route) => {
      await route.fetch();
      await route.fulfill({ status: 503, json: { error: 'busy', detail: { seconds: 2 } } });
    },
    { times: 1 },
  );
  await openTab(streamer, 'Links');
  await streamer.getByLabel('For whom?').fill('Anna');
  await streamer.getByRole('button', { name: 'Make a link' }).click();
  await expect(streamer.getByText(/the server is busy/i)).toBeVisible();
  const link = await mintModeratorLink(streamer, 'Anna');
  await expect(streamer.getByRole('button', { name: 'Revoke the link of Anna' })).toHaveCount(1);
  const moderator = await person();
  await moderator.goto(link);
  await expect(moderator.getByRole('searchbox').first()).toBeVisible();
  // What was answered is done with: the same words make another link now.
  await mintModeratorLink(streamer, 'Anna');
  await expect(streamer.getByRole('button', { name: 'Revoke the link of Anna' })).toHaveCount(2);
});

test('an answer that comes after its page was left does no harm', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Left', 'Any');
  await appRuns(streamer);
  const card = streamer.getByRole('region', { name: 'Save this control link' });
  await card.getByRole('button', { name: 'Show' }).click();
  await expect(card.getByLabel('Control link')).toHaveText(/#ctl_/);
  const [, key] = (await card.getByLabel('Control link').innerText()).split('#');
  await act(streamer, 'Start');
  const page = await person();
  await page.goto(await mintModeratorLink(streamer, 'Anna'));
  await pressClip(streamer, { note: 'to be hidden' });
  await rows(page).filter({ hasText: 'to be hidden' }).getByRole('button', { name: /^Hide/ }).click();
  await expect(rows(page).getByRole('button', { name: /^Restore/ })).toBeVisible();

  // A log of more than one page, whose first one is slow from some time on. It is loaded by itself too, once in a while.
  const { open, opened: released } = gate();
  let isSlow = false;
  let [held, older] = [0, 0];
  let hidden: { id: string } | undefined;
  await page.route('**/rpc/moderations', async (route) => {
    const isFirst = route.request().postDataJSON().before === null;
    if (!isFirst) older += 1;
    if (isFirst && isSlow) {
      held += 1;
      await released;
    }
    const answer = await route.fetch();
    hidden ??= (await answer.json())[0] as { id: string };
    const { id } = hidden;
    const entry = (_: unknown, n: number) => ({ ...hidden, id: id.slice(0, -3) + String(n).padStart(3, '0') });
    await route.fulfill({ response: answer, json: Array.from({ length: LOG_PAGE }, entry) });
  });
  await openTab(page, 'Export');
  await openTab(page, 'Log');
  await expect(page.getByRole('button', { name: 'Show older' })).toBeVisible();
  isSlow = true;
  await page.getByRole('button', { name: 'Show older' }).click();
  await expect.poll(() => held).toBeGreaterThan(0);
  // The page that follows opens the tab that was open.
  await openTab(page, 'Export');

  // A control link that is pasted over the address of the moderators' page makes another page of it.
  const begins = page.waitForResponse('**/rpc/desk');
  await page.evaluate((key) => (location.hash = key), key);
  await begins;
  await expect(page.getByRole('button', { name: 'Show older' })).toHaveCount(0);
  const answered = page.waitForResponse('**/rpc/moderations');
  open();
  await answered;
  await expect.poll(() => older).toBe(1);
  await openTab(page, 'Log');
  await expect(page.getByRole('button', { name: 'Show older' })).toBeVisible();
  expect(page.url()).toContain(code);
});
