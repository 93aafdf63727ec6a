// "Me too": viewers join a moment from the list, and count in it like those who pressed.
import type { Locator, Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, agoFromNow, appRuns, crowdPresses, mintModeratorLink, openSession, pressClip, rows, startAgo } from '../support/actions';

const moments = (page: Page | Locator) => page.locator('.moments > .moment');
const meToo = (page: Page | Locator) => page.getByRole('button', { name: /^Me too/ });
const youToo = (page: Page | Locator) => page.getByRole('button', { name: /^You too/ });

/**
 * A live session with one moment of six viewers, and of those who press in `open`. What is to be open or pressed by then is so before
 * the crowd comes: a moment is soon over.
 */
async function withMoment(streamer: Page, open: (code: string) => Promise<void> = async () => {}, viewers = 6): Promise<string> {
  const code = await openSession(streamer, 'Me too', 'Any');
  await act(streamer, 'Start');
  await open(code);
  // Some of them are sent as if they had waited for two seconds, which must not lie before the start.
  await streamer.waitForTimeout(2_500);
  await crowdPresses(streamer, code, { secondsAgo: 0, visitors: 6, note: 'the jump' });
  await expect(moments(streamer)).toContainText(`${viewers} viewers`);
  return code;
}

test('a viewer joins a moment, which everybody counts, and their page remembers it', { tag: '@postgres' }, async ({ person }) => {
  const [streamer, viewer, other] = [await person(), await person(phone), await person()];
  const code = await withMoment(streamer);
  for (const page of [viewer, other]) {
    await page.goto(`/s/${code}`);
    await appRuns(page);
  }
  await meToo(viewer).focus();
  await viewer.keyboard.press('Enter');
  await expect(youToo(viewer)).toHaveAttribute('aria-disabled', 'true');
  await expect(youToo(viewer)).toBeFocused();
  for (const page of [viewer, other, streamer]) await expect(moments(page)).toContainText('7 viewers');
  await expect(meToo(other)).toBeVisible();
  await expect(rows(viewer)).toHaveCount(6);

  // Once only, whatever is pressed again, and after a reload and in another tab too.
  await viewer.keyboard.press('Enter');
  const tab = await viewer.context().newPage();
  await tab.goto(`/s/${code}`);
  await viewer.reload();
  for (const page of [viewer, tab]) {
    await expect(youToo(page)).toBeVisible();
    await expect(moments(page)).toContainText('7 viewers');
  }

  // What a tab joins, the others know.
  const twin = await other.context().newPage();
  await twin.goto(`/s/${code}`);
  await appRuns(twin);
  await meToo(other).click();
  await expect(youToo(twin)).toBeVisible();
  await expect(moments(twin)).toContainText('8 viewers');
});

test('a button that has the focus keeps it while others press and join', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  const code = await withMoment(streamer, async (code) => {
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
  });
  await meToo(viewer).focus();
  const button = await meToo(viewer).elementHandle();
  await crowdPresses(viewer, code, { secondsAgo: 0, visitors: 3, note: 'wow' });
  await expect(moments(viewer)).toContainText('9 viewers');
  expect(await button?.evaluate((element) => element === document.activeElement)).toBe(true);
});

/** The lists of a viewer's page. */
const best = (page: Page) => page.getByRole('region', { name: 'What did I miss?' });
const newest = (page: Page) => page.getByRole('region', { name: 'Latest moments' });

/**
 * A live session with five moments and a smaller one after them. Answers how more viewers mark that one. All of them are few, because
 * the thirty-first new one of a network within a minute counts less.
 */
async function withManyMoments(streamer: Page, viewer: Page): Promise<(visitors: number) => Promise<void>> {
  const code = await openSession(streamer, 'Many moments', 'Any');
  await startAgo(streamer, 14);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  for (const secondsAgo of [700, 580, 460, 340, 220]) {
    await crowdPresses(streamer, code, { secondsAgo, visitors: 4, note: `what happened ${secondsAgo} s ago` });
  }
  const ago = agoFromNow();
  const mark = (visitors: number) => crowdPresses(streamer, code, { secondsAgo: ago(60), visitors, note: 'the jump' });
  await mark(3);
  await expect(moments(newest(viewer))).toContainText(['3 viewers']);
  await expect(moments(best(viewer))).toHaveCount(5);
  return mark;
}

test('a button keeps the focus when its moment comes into the other list, and no key that was meant for it makes a press', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  const mark = await withManyMoments(streamer, viewer);
  const count = await viewer.locator('#timestamp-count').innerText();
  await meToo(newest(viewer)).focus();
  await mark(4);
  const jump = moments(best(viewer)).filter({ hasText: 'the jump' });
  await expect(meToo(jump)).toBeFocused();
  await viewer.keyboard.press('Space');
  await expect(youToo(jump)).toBeFocused();

  // Where it goes away, the heading takes it.
  await meToo(best(viewer)).first().focus();
  await act(streamer, 'Pause');
  await expect(viewer.locator('.badge')).toHaveText('Paused');
  await expect(meToo(viewer)).toHaveCount(0);
  const heading = viewer.getByRole('heading', { name: 'What did I miss?' });
  await expect(heading).toBeFocused();
  await act(streamer, 'Resume');
  await expect(meToo(viewer).first()).toBeVisible();
  await expect(heading).toBeFocused();
  await viewer.keyboard.press('Space');
  // What follows comes after it: a press would be there, too.
  await pressClip(viewer, { note: 'meant' });
  await expect(rows(viewer).filter({ hasText: 'meant' })).toHaveCount(1);
  await expect(viewer.locator('#timestamp-count')).toHaveText(String(Number(count) + 5));
});

test('when the last moment goes that a viewer was about to join, the large button takes the focus', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  await withMoment(streamer, async (code) => {
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
  });
  await meToo(viewer).focus();
  await moments(streamer).locator('[data-key="h"]').click();
  await expect(moments(viewer)).toHaveCount(0);
  await expect(viewer.getByRole('button', { name: /^clip that/i })).toBeFocused();
});

test('a tap right after the moments have moved joins none', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person(phone)];
  let joins = 0;
  viewer.on('request', (request) => (joins += Number(request.url().endsWith('/rpc/join_moment'))));
  const mark = await withManyMoments(streamer, viewer);
  // It happens within the page: from outside it may take longer than a finger that is on its way.
  const tapped = viewer.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const changes = new MutationObserver(() => {
          changes.disconnect();
          const tap = new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 });
          document.querySelector('#best-moments-list .moment__join')!.dispatchEvent(tap);
          resolve();
        });
        changes.observe(document.querySelector('#best-moments-list')!, { childList: true });
      }),
  );
  await mark(4);
  await tapped;
  const jump = moments(best(viewer)).filter({ hasText: 'the jump' });
  // By then the moments have moved for the last time.
  await expect(jump).toContainText('7 viewers');
  await expect(meToo(jump)).toBeVisible();
  // Longer than that takes.
  await viewer.waitForTimeout(700);
  await expect(youToo(viewer)).toHaveCount(0);
  expect(joins).toBe(0);
  await meToo(jump).click();
  await expect(youToo(jump)).toBeVisible();
});

test('a link to a clip that has the focus keeps it while others press', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  let ago = agoFromNow();
  const open = async (code: string) => {
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
    await pressClip(viewer, { note: 'mine' });
    ago = agoFromNow();
  };
  const code = await withMoment(streamer, open, 7);
  await expect(moments(viewer)).toContainText('7 viewers');
  await moments(streamer).locator('[data-key="e"]').click();
  const dialog = streamer.getByRole('dialog');
  await dialog.getByLabel('Link to the clip').fill('https://clips.example/jump');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const own = viewer.getByRole('region', { name: 'Your presses' });
  for (const [viewers, place] of [[8, moments(viewer)], [9, own]] as const) {
    const link = place.getByRole('link', { name: 'Watch the clip' });
    await link.focus();
    const element = await link.elementHandle();
    await crowdPresses(viewer, code, { secondsAgo: ago(0), visitors: 1, note: 'wow' });
    await expect(moments(viewer)).toContainText(`${viewers} viewers`);
    await expect(own).toContainText(`${viewers - 1} others clipped this`);
    expect(await element?.evaluate((element) => element === document.activeElement)).toBe(true);
  }
});

test('a moment that a viewer pressed in needs no button, also if their press is hidden', async ({ person }) => {
  const [streamer, moderator, viewer] = [await person(), await person(), await person()];
  const open = async (code: string) => {
    await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
    await pressClip(viewer, { note: 'mine' });
  };
  await withMoment(streamer, open, 7);
  await expect(moments(viewer)).toContainText('You marked this');
  await expect(moments(viewer)).toContainText('7 viewers');
  await rows(moderator).filter({ hasText: 'mine' }).getByRole('button', { name: /^Hide/ }).click();
  await expect(moments(moderator)).toContainText('6 viewers');
  await expect(moments(viewer)).toContainText('You marked this');
  await expect(moments(viewer)).toContainText('7 viewers');
});

test('what can not be joined is undone, with words', async ({ person }) => {
  const [streamer, viewer] = [await person(), await person()];
  const code = await withMoment(streamer);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await viewer.route('**/rpc/join_moment', (route) => route.abort());
  await meToo(viewer).click();
  await expect(viewer.getByRole('alert').filter({ hasText: 'isn’t known whether you have joined' })).toBeVisible();
  await expect(meToo(viewer)).toBeVisible();
  await expect(moments(viewer)).toContainText('6 viewers');

  // A filter on the way says what it is, and not that nothing is known.
  await viewer.unroute('**/rpc/join_moment');
  await viewer.route('**/rpc/join_moment', (route) => route.fulfill({ status: 403, contentType: 'text/html', body: '<h1>Forbidden</h1>' }));
  await meToo(viewer).click();
  await expect(viewer.getByRole('alert').filter({ hasText: 'refused this request (403)' })).toBeVisible();
  await expect(meToo(viewer)).toBeVisible();

  await viewer.unroute('**/rpc/join_moment');
  await meToo(viewer).click();
  await expect(youToo(viewer)).toBeVisible();
  await expect(viewer.getByRole('alert').filter({ hasText: /isn’t known whether you have joined|403/ })).toHaveCount(0);
  // While the stream is not live there is nothing to join, and what was joined stays.
  await act(streamer, 'Pause');
  const late = await person();
  await late.goto(`/s/${code}`);
  await expect(moments(late)).toContainText('7 viewers');
  await expect(meToo(late)).toHaveCount(0);
  await expect(youToo(viewer)).toBeVisible();
});

test('without scripts a viewer joins by a form, and who is forgotten counts no more', async ({ person }) => {
  const [streamer, viewer, other] = [await person(), await person({ javaScriptEnabled: false }), await person()];
  const code = await withMoment(streamer);
  for (const page of [viewer, other]) await page.goto(`/s/${code}`);
  await meToo(viewer).click();
  await viewer.waitForURL(/joined=/);
  await expect(youToo(viewer)).toBeVisible();
  await expect(moments(viewer)).toContainText('7 viewers');
  await expect(moments(other)).toContainText('7 viewers');
  await expect(meToo(other)).toBeVisible();

  await viewer.goto('/privacy');
  await viewer.getByLabel('I want to be forgotten').check();
  await viewer.getByRole('button', { name: 'Forget me' }).click();
  await expect(viewer.getByText(/you are forgotten/i)).toBeVisible();
  await expect(moments(other)).toContainText('6 viewers');
});
