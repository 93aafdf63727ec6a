// Who is here now: the staff see each other, what the others edit, and how many viewers there are.
import type { Locator, Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { appRuns, crowdPresses, mintModeratorLink, openSession, pressMany, rows, startAgo } from '../support/actions';
import { Gateway } from '../support/gateway';

const colleagues = (page: Page) => page.getByRole('list', { name: 'Also here' }).getByRole('listitem');
const others = (page: Page) => page.locator('.totals__others dd');
const viewers = (page: Page) => page.locator('.totals__viewers dd');
const moments = (page: Page) => page.locator('.moments > .moment');

async function edit(row: Locator): Promise<void> {
  await row.hover();
  await row.getByRole('button', { name: /^Edit/ }).click();
}

/** Lets the page note everything that moves without anybody having moved it. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const seen = { sum: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) seen.sum += entry.value;
      }
    }).observe({ type: 'layout-shift' });
  });
  return () => page.evaluate(() => (window as Window & { seen?: { sum: number } }).seen!.sum);
}

test('the staff see each other, and what the others are editing', { tag: '@postgres' }, async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Witcher 3 – Act 1 Finale', 'The Witcher 3');
  const link = await mintModeratorLink(streamer, 'Anna');
  await startAgo(streamer, 14);
  await pressMany(streamer, code, 5);
  await crowdPresses(streamer, code, { secondsAgo: 60, visitors: 7, note: 'The boss falls' });
  await expect(moments(streamer)).toHaveCount(1);
  const shifted = await watchShifts(streamer);
  const moderator = await person();
  await moderator.goto(link);
  await appRuns(moderator);
  await expect(colleagues(streamer)).toHaveText([/Anna is here/]);
  await expect(colleagues(moderator)).toHaveText([/Streamer is here/]);
  await expect(others(streamer)).toBeHidden();

  const height = () => rows(streamer).nth(2).evaluate((row) => row.getBoundingClientRect().height);
  const before = await height();
  await edit(rows(moderator).nth(2));
  const mark = streamer.locator('.edited-by');
  await expect(mark).toHaveText('Anna is editing');
  await expect(rows(streamer).nth(2)).toContainText('Anna is editing');
  await expect(colleagues(streamer)).toHaveText([/Anna is editing the note at 00:1\d:\d\d/]);
  expect(await height()).toBe(before);
  // Both at once is said where it matters most.
  await edit(rows(streamer).nth(2));
  await expect(rows(moderator).nth(2)).toContainText('Streamer is editing');
  await streamer.keyboard.press('Escape');
  await moderator.keyboard.press('Escape');
  await expect(mark).toHaveCount(0);
  await expect(colleagues(streamer)).toHaveText([/Anna is here/]);

  await moments(moderator).getByRole('button', { name: /^Edit/ }).click();
  await expect(moments(streamer)).toContainText('Anna is editing');
  await expect(colleagues(streamer)).toHaveText([/Anna is editing the moment at/]);
  await moderator.keyboard.press('Escape');
  await expect(mark).toHaveCount(0);

  // A second tab of the same person is one more page, and no stranger to the first one.
  const second = await moderator.context().newPage();
  await second.goto(`/s/${code}/mod`);
  await expect(colleagues(streamer)).toHaveText([/Anna ×2/]);
  await expect(colleagues(second)).toHaveText([/Streamer is here/]);
  await second.close();
  await expect(colleagues(streamer)).toHaveText([/Anna is here/]);
  await moderator.goto('/');
  await expect(colleagues(streamer)).toHaveCount(0);
  expect(await shifted()).toBeLessThan(0.02);
});

test('viewers are counted while they are here', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Counted', 'Any');
  await expect(viewers(streamer)).toHaveText('0');
  const first = await person(phone);
  await first.goto(`/s/${code}`);
  await expect(viewers(streamer)).toHaveText('1');
  // Tabs of one browser share a stream.
  const tab = await first.context().newPage();
  await tab.goto(`/s/${code}`);
  await appRuns(tab);
  const second = await person(phone);
  await second.goto(`/s/${code}`);
  await expect(viewers(streamer)).toHaveText('2');
  await second.close();
  await expect(viewers(streamer)).toHaveText('1');
  // No page of theirs tells who is here.
  await expect(first.getByText('Also here')).toHaveCount(0);
});

test('a narrow desk and a dock tell how many are here', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Narrow', 'Any');
  const link = await mintModeratorLink(streamer, 'Anna');
  const moderator = await person(phone);
  await moderator.goto(link);
  await expect(others(moderator)).toHaveText('1');
  await expect(viewers(moderator)).toHaveText('0');
  await expect(colleagues(moderator)).toBeHidden();
  await streamer.setViewportSize({ width: 280, height: 640 });
  await streamer.goto(`/s/${code}/control?dock`);
  await expect(others(streamer)).toHaveText('1');
  await expect(viewers(streamer)).toBeVisible();
});

test('a desk whose live stream is held up is still told who is here', async ({ person, server }) => {
  const gateway = await Gateway.listen();
  gateway.standBefore(server.url);
  const streamer = await person();
  await openSession(streamer, 'Held up', 'Any');
  const link = await mintModeratorLink(streamer, 'Anna');
  gateway.holdsLive = true;
  const moderator = await person();
  await moderator.goto(link.replace(server.url, gateway.url));
  await appRuns(moderator);
  await expect(colleagues(streamer)).toHaveText([/Anna is here/]);
  await expect(colleagues(moderator)).toHaveText([/Streamer is here/]);
  await expect(viewers(moderator)).toHaveText('0');
  await moderator.context().close();
  await gateway.close();
});
