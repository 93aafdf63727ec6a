// Many tabs of one browser: they share live streams, and a press never waits for one.
import type { BrowserContext, Page, Request } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, appRuns, mintModeratorLink, openSession, pressClip, rows } from '../support/actions';

/** The tabs of a browser that keep a live stream open. */
function leaders(context: BrowserContext): () => Page[] {
  const open = new Set<Request>();
  context.on('request', (request) => {
    if (/\/s\/\w+\/live\?/.test(request.url())) open.add(request);
  });
  context.on('requestfinished', (request) => open.delete(request));
  context.on('requestfailed', (request) => open.delete(request));
  const pages = () => [...open].map((request) => request.frame().page());
  return () => pages().filter((page) => !page.isClosed());
}

const clock = (page: Page) => page.locator('.clock__time');

test('nine tabs of one browser share one stream, and go on when its tab is closed', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Tabs', 'Tabs');
  await act(streamer, 'Start');
  const first = await person();
  const context = first.context();
  const leading = leaders(context);
  const tabs = [first];
  while (tabs.length < 9) tabs.push(await context.newPage());
  for (const tab of tabs) await tab.goto(`/s/${code}`);
  for (const tab of tabs) await expect(clock(tab)).toHaveText(/^\d\d:\d\d:\d\d$/);
  await expect.poll(leading).toHaveLength(1);

  // A press is sent from each of them, and seen in all.
  await pressClip(tabs[8], { note: 'from the last' });
  await expect(tabs[8].locator('#press-result')).toHaveText(/^Saved at/);
  await pressClip(streamer, { note: 'from outside' });
  for (const tab of tabs) await expect(rows(tab)).toContainText(['from outside', 'from the last']);

  await first.close();
  await expect.poll(leading).toHaveLength(1);
  await pressClip(streamer, { note: 'afterwards' });
  await act(streamer, 'Pause');
  for (const tab of tabs.slice(1)) {
    await expect(rows(tab)).toContainText(['afterwards']);
    await expect(tab.locator('.badge')).toHaveText('Paused');
    await expect(tab.locator('.banner')).toBeHidden();
  }
  await expect.poll(leading).toHaveLength(1);
});

test('what was missed before a tab followed another is there', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Missed', 'Missed');
  await act(streamer, 'Start');
  const first = await person();
  await first.goto(`/s/${code}`);
  await appRuns(first);
  const second = await first.context().newPage();
  // The document is held until others have pressed: it is older than what the first tab has heard.
  let press = () => Promise.resolve();
  await second.route(`**/s/${code}`, async (route) => {
    const answer = await route.fetch();
    await press();
    await route.fulfill({ response: answer });
  });
  press = async () => {
    for (const note of ['one', 'two', 'three']) await pressClip(streamer, { note });
    for (const note of ['one', 'two', 'three']) await expect(rows(first).filter({ hasText: note })).toHaveCount(1);
  };
  await second.goto(`/s/${code}`);
  for (const note of ['one', 'two', 'three']) await expect(rows(second).filter({ hasText: note })).toHaveCount(1);
});

test('a tab that is hidden leaves the stream to one that is seen', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Hidden', 'Hidden');
  await act(streamer, 'Start');
  const first = await person();
  const leading = leaders(first.context());
  await first.goto(`/s/${code}`);
  await expect(clock(first)).toHaveText(/^\d\d:\d\d:\d\d$/);
  const second = await first.context().newPage();
  await second.goto(`/s/${code}`);
  await expect(clock(second)).toHaveText(/^\d\d:\d\d:\d\d$/);
  await expect.poll(leading).toEqual([first]);
  await first.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  });
  await expect.poll(leading).toEqual([second]);
  await pressClip(streamer, { note: 'seen by both' });
  for (const tab of [first, second]) await expect(rows(tab)).toContainText(['seen by both']);
});

test('a browser keeps three streams open; a tab beyond asks, says so, and is live when there is room', async ({ person }) => {
  test.slow();
  const streamer = await person();
  const codes: string[] = [];
  for (const title of ['A', 'B', 'C', 'D']) {
    codes.push(await openSession(streamer, title, 'Many'));
    await act(streamer, 'Start');
  }
  const first = await person();
  const context = first.context();
  const leading = leaders(context);
  const tabs = [first];
  while (tabs.length < 4) tabs.push(await context.newPage());
  for (const [n, tab] of tabs.entries()) {
    await tab.goto(`/s/${codes[n]}`);
    await appRuns(tab);
    if (n < 3) await expect(clock(tab)).toHaveText(/^\d\d:\d\d:\d\d$/);
  }
  const last = tabs[3];
  const banner = last.locator('.banner', { hasText: 'Other tabs in this browser' });
  await expect(banner).toBeVisible();
  await expect.poll(leading).toHaveLength(3);
  await pressClip(streamer, { note: 'seen by asking' });
  await expect(rows(last)).toContainText(['seen by asking']);
  await pressClip(last, { note: 'sent as well' });
  await expect(rows(streamer)).toContainText(['sent as well']);
  for (const tab of tabs.slice(0, 3)) await expect(tab.locator('.banner')).toBeHidden();

  await tabs[1].close();
  await expect(banner).toBeHidden();
  await expect(clock(last)).toHaveText(/^\d\d:\d\d:\d\d$/);
  await expect.poll(leading).toHaveLength(3);
});

test('a revoked link ends every tab that shared its stream', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Revoked', 'Revoked');
  const link = await mintModeratorLink(streamer, 'Anna');
  await act(streamer, 'Start');
  const first = await person();
  await first.goto(link);
  await expect(first.getByRole('searchbox', { name: 'Filter' })).toBeVisible();
  const second = await first.context().newPage();
  await second.goto(`/s/${code}/mod`);
  await pressClip(streamer, { note: 'seen by both' });
  for (const tab of [first, second]) await expect(rows(tab)).toContainText(['seen by both']);

  await streamer.getByRole('button', { name: /^Revoke/ }).click();
  await streamer.getByRole('dialog').getByRole('button', { name: /^Revoke/ }).click();
  for (const tab of [first, second]) await expect(tab.getByText(/your link was revoked or replaced/i).first()).toBeVisible();
  await pressClip(streamer, { note: 'seen by none' });
  await expect(rows(streamer).filter({ hasText: 'seen by none' })).toHaveCount(1);
  for (const tab of [first, second]) await expect(rows(tab).filter({ hasText: 'seen by none' })).toHaveCount(0);
});
