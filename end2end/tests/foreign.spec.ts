// Pages in the wild: whatever others put between their elements, a press is sent, rows and moments come, and the pages stay live.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, crowdPresses, mintModeratorLink, openSession, startAgo } from '../support/actions';
import { disturb } from '../support/foreign';

// More of them with SEEDS=300.
const seeds = Number(process.env.SEEDS ?? 6);

for (let seed = 1; seed <= seeds; seed += 1) {
  test(`foreign nodes, seed ${seed}: a press is seen everywhere, and so are a moment, Pause and Hide`, async ({ person }) => {
    const [streamer, viewer, moderator] = [await person(), await person(), await person()];
    for (const [n, page] of [streamer, viewer, moderator].entries()) await disturb(page, seed * 10 + n);
    const code = await openSession(streamer, `Seed ${seed}`, 'Foreign');
    const link = await mintModeratorLink(streamer, 'Yennefer');
    await startAgo(streamer, 14);
    await viewer.goto(`/s/${code}`);
    await moderator.goto(link);

    const note = `call 555-123-${String(4000 + seed)}`;
    await viewer.locator('#note').fill(note);
    await viewer.locator('#name').fill('Ciri');
    await viewer.locator('#press-button').click();
    for (const page of [viewer, moderator, streamer]) {
      const row = page.locator('.timestamps .timestamp').filter({ hasText: note });
      await expect(row).toHaveCount(1);
      await expect(row).toContainText('Ciri');
    }
    await expect(viewer.locator('#press-result')).toHaveText(/^Saved at/);
    await expect(viewer.locator('.count')).toHaveText('1');

    const row = moderator.locator('.timestamps .timestamp').filter({ hasText: note });
    await row.getByRole('button', { name: /^Hide/ }).click();
    await expect(row).toContainText('hidden');

    await crowdPresses(viewer, code, { secondsAgo: 60, visitors: 6, note: 'the jump' });
    const moment = (page: Page) => page.locator('.moments > .moment').filter({ hasText: 'the jump' });
    for (const page of [viewer, moderator, streamer]) await expect(moment(page)).toContainText('6 viewers');
    const joined = moment(viewer).getByRole('button', { name: /^You too/ });
    await expect(async () => {
      // What moves to where the button was takes the click.
      if (!(await joined.isVisible())) await moment(viewer).locator('.moment__join').click();
      await expect(joined).toBeVisible({ timeout: 1_000 });
    }).toPass();
    for (const page of [viewer, moderator, streamer]) await expect(moment(page)).toContainText('7 viewers');
    await moment(moderator).locator('[data-key="s"]').click();
    for (const page of [viewer, moderator, streamer]) await expect(moment(page)).toContainText('★ Starred');

    await act(streamer, 'Pause');
    await expect(viewer.locator('.badge')).toHaveText('Paused');
    await expect(moderator.locator('.badge')).toHaveText('Paused');
    await act(streamer, 'Resume');
    await expect(viewer.locator('.badge')).toHaveText('Live');
    const clock = viewer.locator('.clock__time');
    const before = await clock.innerText();
    await expect(clock).not.toHaveText(before);
  });
}
