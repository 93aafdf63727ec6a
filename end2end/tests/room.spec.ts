// The viewers' page in windows where little fits: all of it can be reached, and nothing scrolls sideways.
import { chromium } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, crowdPresses, openSession, pressClip, rows, startAgo } from '../support/actions';

const LONG = 'A title that is so long that a window of a laptop breaks it into two lines, and then some more';

test('the fields below the button are in reach of every window, however long the list is', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, LONG, 'Any game');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  for (let press = 0; press < 12; press++) await pressClip(viewer, { note: `Press ${press}` });
  await expect(rows(viewer)).toHaveCount(12);
  const name = viewer.getByLabel('Your name');
  for (const [width, height] of [[1000, 740], [1280, 740], [1280, 900], [1440, 800], [390, 740]]) {
    await viewer.setViewportSize({ width, height });
    for (const top of [0, 400]) {
      await viewer.evaluate((top) => scrollTo(0, top), top);
      await name.scrollIntoViewIfNeeded();
      await expect(name).toBeInViewport({ ratio: 0.95 });
    }
  }
});

test('on a phone on its side the button is in sight without scrolling', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'On its side', 'Any game');
  await act(streamer, 'Start');
  for (const [width, height] of [[750, 342], [568, 320]]) {
    const viewer = await person({ ...phone, viewport: { width, height } });
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
    await expect(viewer.locator('.clock__time')).toHaveText(/^\d\d:\d\d:\d\d$/);
    await expect(viewer.getByRole('button', { name: /^clip that/i })).toBeInViewport({ ratio: 1 });
  }
});

test('with letters twice as large, a phone shows everything without scrolling sideways', async ({ person, server }, { project }) => {
  // The setting of a browser, which a page's own units follow.
  const launch = project.use.launchOptions;
  const args = [...(launch?.args ?? []), '--blink-settings=defaultFontSize=32,defaultFixedFontSize=32'];
  const browser = await chromium.launch({ ...launch, args });
  try {
    const options = { baseURL: server.url, viewport: { width: 320, height: 700 } };
    const streamer = await person();
    const viewer = await (await browser.newContext(options)).newPage();
    const code = await openSession(streamer, 'Twice as large', 'Any game');
    await startAgo(streamer, 5);
    await crowdPresses(streamer, code, { secondsAgo: 60, visitors: 6, note: 'the-boss-falls-in-one-long-word' });
    await viewer.goto(`/s/${code}`);
    await appRuns(viewer);
    await pressClip(viewer, { note: 'mine', name: 'Ciri' });
    await viewer.getByRole('button', { name: /^Edit/ }).first().click();
    await viewer.getByText('As a table').click();
    await expect(viewer.getByRole('table').first()).toBeVisible();
    expect(await viewer.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(await viewer.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('32px');
  } finally {
    await browser.close();
  }
});
