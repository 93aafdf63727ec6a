// What a crowd marks stands out as moments: on the viewers' page, and on the pages of the staff.
import { expect, phone, test } from '../support/fixtures';
import { appRuns, crowdPresses, mintModeratorLink, openSession } from '../support/actions';

const moments = '.moments > .moment';

test('planted events are the top moments on every page, and follow live', { tag: '@postgres' }, async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Witcher 3 – Act 1 Finale', 'The Witcher 3');
  await streamer.getByText('Already running?').click();
  await streamer.getByLabel('Started', { exact: true }).fill('14');
  await streamer.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(streamer.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await expect(viewer.getByText('What did I miss?')).toBeHidden();

  await crowdPresses(viewer, code, { secondsAgo: 600, visitors: 11, note: 'The boss falls' });
  await crowdPresses(viewer, code, { secondsAgo: 300, visitors: 8, note: 'the BOSS falls!!' });
  await crowdPresses(viewer, code, { secondsAgo: 60, visitors: 6, note: 'He fell off the bridge' });
  for (const page of [viewer, moderator, streamer]) {
    await expect(page.locator(moments)).toHaveCount(3);
    await expect(page.locator(moments).nth(0)).toContainText('11 viewers');
    await expect(page.locator(moments).nth(0)).toContainText('The boss falls');
    await expect(page.locator(moments).nth(1)).toContainText('8 viewers');
    await expect(page.locator(moments).nth(2)).toContainText('He fell off the bridge');
  }
  // A click on the timeline leads to the moment that it marks.
  const marks = moderator.locator('.timeline__moment');
  await expect(marks).toHaveCount(3);
  await marks.first().click();
  await expect(moderator.locator(`${moments}:target`)).toContainText('11 viewers');

  // Whoever comes late, and without scripts, reads the same.
  const late = await person({ javaScriptEnabled: false });
  await late.goto(`/s/${code}`);
  await expect(late.getByText('What did I miss?')).toBeVisible();
  await expect(late.locator(moments).first()).toContainText('The boss falls');
  await expect(late.locator('.timeline__curve')).toHaveCount(1);

  // Who reads the moments in a table finds them in the order of time.
  await moderator.getByText('As a table').click();
  await expect(moderator.locator('.timeline__table tbody tr')).toHaveCount(3);
  await expect(moderator.locator('.timeline__table tbody tr').last()).toContainText('He fell off the bridge');

  // What is hidden counts no more.
  const fallen = moderator.locator('.timestamp').filter({ hasText: 'He fell off the bridge' });
  for (let left = 6; left > 0; left -= 1) {
    await fallen.getByRole('button', { name: /^Hide/ }).first().click();
    await expect(fallen.getByRole('button', { name: /^Hide/ })).toHaveCount(left - 1);
  }
  for (const page of [viewer, moderator, streamer]) await expect(page.locator(moments)).toHaveCount(2);
});
