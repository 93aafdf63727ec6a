// Pictures of every page, phone and desktop, dark and light: `SHOTS=folder npx playwright test screenshots`.
import { mkdirSync } from 'node:fs';
import { expect, phone, test } from '../support/fixtures';
import { act, mintModeratorLink, openSession, openTab, pressClip, rows } from '../support/actions';

const folder = process.env.SHOTS;

test('every page has its picture taken', async ({ person, database }) => {
  test.skip(!folder || database !== 'sqlite', 'pictures are taken on demand');
  test.setTimeout(180_000);
  mkdirSync(folder ?? '', { recursive: true });
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const [size, options] of [['phone', phone], ['desktop', { viewport: { width: 1280, height: 900 } }]] as const) {
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
      for (const nth of [0, 1]) await rows(moderator).nth(nth).getByRole('checkbox').check();
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
      await streamer.getByRole('button', { name: 'Keyboard shortcuts' }).evaluate((button: HTMLButtonElement) => button.click());
      await shoot(streamer, 'control-keys');
      await streamer.keyboard.press('Escape');
      await streamer.goto(`/s/${code}/control?dock`);
      await shoot(streamer, 'control-dock');
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
