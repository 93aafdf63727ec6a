// Pictures of every page, in all sizes, dark and light: `SHOTS=folder npx playwright test screenshots`.
import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, mintModeratorLink, openSession, openTab, pressClip, rows, startAgo, tick } from '../support/actions';
import { fillSession } from '../support/filling';

test.use({ flags: ['--trusted-proxies', '127.0.0.1'], actionTimeout: 30_000 });

const folder = process.env.SHOTS;
const sizes: Record<string, BrowserContextOptions> = {
  phone,
  1280: { viewport: { width: 1280, height: 800 } },
  1920: { viewport: { width: 1920, height: 1080 } },
};

test('every page has its picture taken', async ({ person, database }) => {
  test.skip(!folder || database !== 'sqlite', 'pictures are taken on demand');
  test.setTimeout(600_000);
  mkdirSync(folder ?? '', { recursive: true });
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const [size, options] of Object.entries(sizes)) {
      const people = { ...options, colorScheme };
      const shoot = async (page: Awaited<ReturnType<typeof person>>, name: string) => {
        await page.waitForTimeout(400);
        await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png`, fullPage: size === 'phone' });
      };
      const streamer = await person(people);
      await streamer.goto('/');
      await shoot(streamer, 'home');
      const code = await openSession(streamer, 'Witcher 3 – Act 1 Finale', 'The Witcher 3');
      await shoot(streamer, 'control-new');
      const viewer = await person(people);
      await viewer.goto(`/s/${code}`);
      await shoot(viewer, 'viewer-new');
      const moderator = await person(people);
      await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
      await act(streamer, 'Start');
      for (const [note, name] of [
        ['Geralt insulted the Baron', 'roach_enjoyer'],
        ['Boss down on the last sliver of health', 'Yennefer'],
        ['', 'Ciri'],
        ['O’Dimm smile', 'Zoltan'],
      ]) {
        await pressClip(viewer, { note, name });
        await viewer.waitForTimeout(1_100);
      }
      await expect(rows(moderator)).toHaveCount(4);
      await rows(moderator).nth(2).getByRole('button', { name: /^Hide/ }).click();
      await shoot(viewer, 'viewer');
      await shoot(streamer, 'control');
      await shoot(moderator, 'mod');
      for (const nth of [0, 1]) await tick(rows(moderator).nth(nth));
      await shoot(moderator, 'mod-ticked');
      await rows(moderator).nth(3).getByRole('button', { name: /^Viewer/ }).click();
      await shoot(moderator, 'mod-viewer');
      await moderator.getByRole('dialog').getByRole('button', { name: 'Block them' }).click();
      await expect(moderator.getByRole('button', { name: 'Undo', exact: true })).toBeVisible();
      await shoot(moderator, 'mod-undo');
      for (const tab of ['Share', 'Links', 'Rules', 'Log', 'Export', 'Session']) {
        await openTab(streamer, tab);
        await shoot(streamer, `control-${tab.toLowerCase()}`);
      }
      await streamer.getByRole('button', { name: 'Keyboard shortcuts', includeHidden: true }).evaluate((button: HTMLButtonElement) => button.click());
      await shoot(streamer, 'control-keys');
      await streamer.keyboard.press('Escape');
      if (size !== 'phone') await streamer.setViewportSize({ width: 280, height: 600 });
      await streamer.goto(`/s/${code}/control?dock`);
      await shoot(streamer, 'control-dock');
      await streamer.setViewportSize(options.viewport!);
      await streamer.goto(`/s/${code}/control`);
      await act(streamer, 'Pause');
      await shoot(viewer, 'viewer-paused');
      await viewer.goto(`/s/${code}/mod`);
      await shoot(viewer, 'key');
      await viewer.goto('/privacy');
      await shoot(viewer, 'privacy');
      await viewer.goto('/s/000000');
      await shoot(viewer, 'wrong-code');
      for (const page of [streamer, viewer, moderator]) await page.context().close();
    }
  }
});

test('a long stream has its picture taken', async ({ person, server, database }) => {
  test.skip(!folder || database !== 'sqlite', 'pictures are taken on demand');
  test.setTimeout(600_000);
  mkdirSync(folder ?? '', { recursive: true });
  const streamer = await person(sizes[1280]);
  const code = await openSession(streamer, 'Witcher 3 – Act 1 Finale', 'The Witcher 3');
  await startAgo(streamer, 14);
  await fillSession(server.url, code, { rows: 10_000, moments: 50 });
  const storageState = await streamer.context().storageState();
  const viewing = await person();
  await viewing.goto(`/s/${code}`);
  await appRuns(viewing);
  await pressClip(viewing, { note: 'my own press' });
  await expect(viewing.getByText(/^Saved at/)).toBeVisible();
  const own = await viewing.context().storageState();
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const [size, options] of Object.entries({ ...sizes, 320: { viewport: { width: 320, height: 640 } } })) {
      const viewer = await person({ ...options, colorScheme, storageState: own });
      await viewer.goto(`/s/${code}`);
      await appRuns(viewer);
      await expect(rows(viewer).first()).toBeVisible();
      const shoot = async (page: typeof viewer, name: string, fullPage = false) => {
        await page.waitForTimeout(400);
        await page.screenshot({ path: `${folder}/long-${name}-${size}-${colorScheme}.png`, fullPage });
      };
      await shoot(viewer, 'viewer', true);
      const desk = await person({ ...options, colorScheme, storageState });
      await desk.goto(`/s/${code}/control`);
      await appRuns(desk);
      const isNarrow = await desk.getByRole('tab', { name: 'Moments', exact: true }).isVisible();
      if (isNarrow) {
        for (const pane of ['Moments', 'List', 'Stream', 'More']) {
          await desk.getByRole('tab', { name: pane, exact: true }).click();
          await shoot(desk, `desk-${pane.toLowerCase()}`);
        }
      } else {
        await shoot(desk, 'desk');
        await desk.locator('.moment').nth(1).click();
        await tick(desk.locator('.moment').nth(2));
        await tick(desk.locator('.moment').nth(3));
        await shoot(desk, 'desk-selected');
        await desk.locator('.moment').nth(1).locator('[data-key="e"]').click();
        await shoot(desk, 'desk-moment');
        await desk.keyboard.press('Escape');
      }
      if (size === '1280') {
        await desk.setViewportSize({ width: 280, height: 600 });
        await desk.goto(`/s/${code}/control?dock`);
        await appRuns(desk);
        await shoot(desk, 'dock');
      }
      for (const page of [viewer, desk]) await page.context().close();
    }
  }
});
