// What a crowd marks stands out as moments: on the viewers' page, and on the pages of the staff.
import type { BrowserContextOptions, Page } from '@playwright/test';
import { expect, phone, test } from '../support/fixtures';
import { act, agoFromNow, appRuns, crowdPresses, mintModeratorLink, openSession, openTab, startAgo, tick } from '../support/actions';
import { sendPress } from '../support/presses';

const moments = '.moments > .moment';

/** A stream that began 14 minutes ago, with somebody in every role. */
async function underWay(person: (options?: BrowserContextOptions) => Promise<Page>) {
  const streamer = await person();
  const code = await openSession(streamer, 'Witcher 3 – Act 1 Finale', 'The Witcher 3');
  await startAgo(streamer, 14);
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  return { streamer, code, moderator, viewer };
}

test('planted events are the top moments on every page, and follow live', { tag: '@postgres' }, async ({ person }) => {
  const { streamer, code, moderator, viewer } = await underWay(person);
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
  await expect(moderator.locator(`${moments}[aria-current=true]`)).toContainText('11 viewers');
  await moderator.getByRole('button', { name: 'Clear', exact: true }).click();

  // Whoever comes late, and without scripts, reads the same.
  const late = await person({ javaScriptEnabled: false });
  await late.goto(`/s/${code}`);
  await expect(late.getByText('What did I miss?')).toBeVisible();
  await expect(late.locator(moments).first()).toContainText('The boss falls');
  await expect(late.locator('.timeline__curve')).toHaveCount(1);

  // Who reads the moments in a table finds them in the order of time, also without scripts.
  for (const page of [moderator, viewer, late]) {
    await page.getByText('As a table').click();
    await expect(page.locator('.timeline__table tbody tr')).toHaveCount(3);
    await expect(page.locator('.timeline__table tbody tr').last()).toContainText('He fell off the bridge');
  }

  // What is hidden counts no more.
  const fallen = moderator.locator('.timestamp').filter({ hasText: 'He fell off the bridge' });
  for (let left = 6; left > 0; left -= 1) {
    await fallen.getByRole('button', { name: /^Hide/ }).first().click();
    await expect(fallen.getByRole('button', { name: /^Hide/ })).toHaveCount(left - 1);
  }
  for (const page of [viewer, moderator, streamer]) await expect(page.locator(moments)).toHaveCount(2);
  for (const page of [viewer, moderator]) await expect(page.locator('.timeline__table tbody tr')).toHaveCount(2);
});

test('the table of a timeline that has changed is drawn once its new size was told', async ({ person }) => {
  const { code, viewer } = await underWay(person);
  await appRuns(viewer);
  await viewer.evaluate(() => addEventListener('error', (event) => (document.body.dataset.fault = event.message)));
  await crowdPresses(viewer, code, { secondsAgo: 600, visitors: 8, note: 'The boss falls' });
  await expect(viewer.locator(moments)).toHaveCount(1);
  await viewer.getByText('As a table').click();
  await expect(viewer.locator('.timeline__table tbody tr')).toHaveCount(1);
  // Browsers complain at the end of the frame in which an observer changes what it watches.
  await viewer.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
  await expect(viewer.locator('body')).not.toHaveAttribute('data-fault');
});

test('viewers see the newest moments beside the best, and nothing moves under the mouse', async ({ person }) => {
  const { code, viewer: phonePage } = await underWay(person);
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  for (const [at, visitors] of [9, 8, 7, 6, 5].entries()) {
    await crowdPresses(viewer, code, { secondsAgo: 700 - at * 100, visitors, note: `Event ${at}` });
  }
  const best = viewer.locator('#best-moments-list > .moment');
  const now = viewer.locator('#newest-moments-list > .moment');
  await expect(best).toHaveCount(5);
  await expect(viewer.getByRole('heading', { name: 'Latest moments' })).toBeHidden();
  const ago = agoFromNow();
  await crowdPresses(viewer, code, { secondsAgo: ago(60), visitors: 3, note: 'The newest' });
  for (const page of [viewer, phonePage]) {
    await expect(page.locator('#newest-moments-list > .moment')).toHaveCount(1);
    await expect(page.locator('#newest-moments-list')).toContainText('The newest');
  }
  // What stands in a list can be reached from the timeline, which says what each moment is.
  await expect(viewer.locator('a.timeline__moment')).toHaveCount(6);
  await viewer.getByRole('link', { name: 'The newest' }).press('Enter');
  await expect(now.first()).toHaveId(/^moment-/);
  await expect(viewer).toHaveURL(new RegExp(`#${await now.first().getAttribute('id')}$`));

  // A crowd makes the newest one of the best, but not while somebody is about to press a button.
  await best.nth(4).hover();
  const before = await best.evaluateAll((items) => items.map((item) => item.id));
  await crowdPresses(viewer, code, { secondsAgo: ago(60), visitors: 12, note: 'The newest' });
  await expect(now.first()).toContainText('15 viewers');
  expect(await best.evaluateAll((items) => items.map((item) => item.id))).toEqual(before);
  await viewer.mouse.move(5, 5);
  await expect(best.filter({ hasText: 'The newest' })).toHaveCount(1);
  await expect(now).toHaveCount(1);
  await expect(now.first()).toContainText('Event 4');

  // The latest presses stand with where a clip would start. The only segment needs no name.
  const list = viewer.locator('.timestamps');
  await expect(list.getByRole('heading')).toHaveCount(0);
  await expect(list.locator('.timestamp').first()).toContainText(/clip from \d\d:\d\d:\d\d/);
});

test('a moderator names, stars, merges, splits and undoes while presses go on', { tag: '@postgres' }, async ({ person }) => {
  const { streamer, code, moderator, viewer } = await underWay(person);
  const ago = agoFromNow();
  await crowdPresses(viewer, code, { secondsAgo: ago(600), visitors: 9, note: 'The boss falls' });
  await crowdPresses(viewer, code, { secondsAgo: ago(560), visitors: 7, note: 'And rises again' });
  await crowdPresses(viewer, code, { secondsAgo: ago(300), visitors: 6, note: 'He fell off the bridge' });
  await expect(moderator.locator(moments)).toHaveCount(3);

  // Somebody presses all the time, also in what is being edited.
  let goesOn = true;
  const presses = (async () => {
    while (goesOn) {
      await crowdPresses(viewer, code, { secondsAgo: ago(598), visitors: 1, note: 'The boss falls' });
      await crowdPresses(viewer, code, { secondsAgo: 2, visitors: 1, note: 'Something else' });
      await viewer.waitForTimeout(150);
    }
  })();
  const of = (page: typeof viewer, words: string) => page.locator(moments).filter({ hasText: words });
  const boss = of(moderator, 'The boss falls');
  const fallen = of(moderator, 'He fell off the bridge');
  const undo = () => moderator.locator('.moment-list .undo-bar').getByRole('button', { name: 'Undo', exact: true }).click();

  // A title and a link, with which a moment outlives whatever is pressed.
  await fallen.locator('[data-key="e"]').click();
  const dialog = moderator.getByRole('dialog');
  await dialog.getByLabel('Title').fill('The bridge');
  await dialog.getByLabel('Link to the clip').fill('javascript:alert(1)');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('https://');
  await dialog.getByLabel('State').selectOption('cut');
  await dialog.getByLabel('Link to the clip').fill('https://clips.example/bridge');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await fallen.locator('[data-key="s"]').click();
  await expect(fallen).toContainText('Starred');
  await expect(fallen.locator('[data-key="s"]')).toBeFocused();
  for (const page of [viewer, streamer]) {
    await expect(of(page, 'The bridge')).toContainText('Starred');
    await expect(of(page, 'The bridge').getByRole('link')).toHaveAttribute('href', 'https://clips.example/bridge');
  }
  await expect(of(moderator, 'The bridge')).toContainText('Cut');
  await expect(of(viewer, 'The bridge')).not.toContainText('Cut');

  // Two become one, and two again.
  const later = of(moderator, 'And rises again');
  const laterId = await later.getAttribute('data-moment');
  await tick(boss);
  await tick(later);
  await boss.locator('[data-key="m"]').click();
  for (const page of [viewer, moderator, streamer]) {
    await expect(of(page, 'The boss falls').filter({ hasText: 'And rises again' })).toHaveCount(1);
  }
  await expect(moderator.locator(`[data-moment="${laterId}"]`)).toHaveCount(0);
  await undo();
  await expect(moderator.locator(`[data-moment="${laterId}"]`)).toHaveCount(1);

  // One becomes two, where the dialog proposes it, and one again.
  const bossId = await boss.getAttribute('data-moment');
  // Not those that come and go where somebody presses now.
  const others = moderator.locator('[data-moment]').filter({ hasNotText: 'Something else' });
  const count = await others.count();
  await boss.locator('[data-key="e"]').click();
  await dialog.getByLabel('Split at').press('Enter');
  await expect(dialog).toBeHidden();
  await expect(others).toHaveCount(count + 1);
  await undo();
  await expect(others).toHaveCount(count);

  // Hidden from viewers, marked for the staff.
  await moderator.locator(`[data-moment="${bossId}"] [data-key="h"]`).click();
  await expect(moderator.locator(`[data-moment="${bossId}"]`)).toContainText('Hidden');
  await expect(viewer.locator(`#moment-${bossId}`)).toHaveCount(0);
  await undo();
  await expect(viewer.locator(`#moment-${bossId}`)).toHaveCount(1);
  goesOn = false;
  await presses;

  const log = await openTab(moderator, 'Log');
  await expect(log.getByText(/Anna.*changed the title of the moment/)).toBeVisible();
  // What can be undone is told again by its button.
  await expect(log.locator('.log__what', { hasText: /merged one or more moments into/ })).toBeVisible();
});

test('why the ticked moments are not merged stands beside the button, however far they are scrolled away', async ({ person, server }) => {
  const { streamer, code, viewer } = await underWay(person);
  await streamer.setViewportSize({ width: 1280, height: 720 });
  for (const at of [0, 1, 2, 3, 4, 5]) {
    await crowdPresses(viewer, code, { secondsAgo: 700 - at * 100, visitors: 6, note: `Event ${at}` });
  }
  await expect(streamer.locator(moments)).toHaveCount(6);
  await streamer.getByRole('button', { name: 'By time', exact: true }).click();
  const of = (words: string) => streamer.locator(moments).filter({ hasText: words });
  // What is out of sight is not laid out, and counts as hidden.
  const tickOne = async (words: string) => {
    await of(words).evaluate((moment) => moment.scrollIntoView({ block: 'center' }));
    await tick(of(words));
  };
  const bar = streamer.getByRole('group', { name: 'Ticked moments' });
  const merge = bar.getByRole('button', { name: 'Merge', exact: true });
  const clear = bar.getByRole('button', { name: 'Untick all' });

  await tickOne('Event 0');
  await tickOne('Event 5');
  await streamer.route('**/rpc/edit_moment', (route) => route.fulfill({ status: 409, json: { error: 'edited_since' } }), { times: 1 });
  await merge.click();
  const why = streamer.locator('.moment-tools').getByRole('alert');
  await expect(why).toContainText('changed again since');
  await expect(why).toBeInViewport({ ratio: 1 });
  await expect(merge).toBeFocused();
  await clear.click();
  await expect(bar).toBeHidden();
  await expect(why).toBeHidden();

  // Moments of different segments can't be merged, which is said before anybody tries.
  await act(streamer, 'Pause');
  await act(streamer, 'Resume');
  for (let nth = 0; nth < 6; nth += 1) await sendPress(server.url, code, { note: 'After the break', waited: 0 });
  // None comes in while the pointer is over the list.
  await expect(of('After the break')).toHaveCount(1);
  await tickOne('Event 0');
  await tickOne('After the break');
  await expect(bar.getByRole('status')).toHaveText('Moments of different segments can’t be merged');
  await expect(bar.getByRole('status')).toBeInViewport({ ratio: 1 });
  await expect(merge).toHaveCount(0);
  await expect(streamer.locator('[data-moment] [data-key="m"]')).toHaveCount(0);
  await clear.click();
  await tickOne('Event 0');
  await tickOne('Event 1');
  await expect(bar.getByRole('status')).toBeEmpty();
  await merge.click();
  await expect(of('Event 0').filter({ hasText: 'Event 1' })).toHaveCount(1);
  await expect(bar).toBeHidden();
});

test('splitting a moment saves what was typed beside it, or does nothing', async ({ person }) => {
  const { code, moderator, viewer } = await underWay(person);
  await crowdPresses(viewer, code, { secondsAgo: 300, visitors: 8, note: 'The boss falls' });
  await moderator.locator('[data-moment] [data-key="e"]').click();
  const dialog = moderator.getByRole('dialog', { name: /^The moment at/ });
  const split = dialog.getByRole('button', { name: 'Split', exact: true });
  await dialog.getByLabel('Title').fill('The boss');
  await dialog.getByLabel('State').selectOption('cut');
  await dialog.getByLabel('Link to the clip').fill('javascript:alert(1)');
  await split.click();
  await expect(dialog.getByRole('alert')).toContainText('https://');
  await expect(dialog.getByLabel('Title')).toHaveValue('The boss');
  await expect(moderator.locator('[data-moment]')).toHaveCount(1);
  await dialog.getByLabel('Link to the clip').fill('https://clips.example/boss');
  await split.click();
  await expect(dialog).toBeHidden();
  await expect(moderator.locator('[data-moment]')).toHaveCount(2);
  const boss = moderator.locator('[data-moment]').filter({ hasText: 'The boss' }).filter({ hasText: 'Cut' });
  await expect(boss.getByRole('link')).toHaveAttribute('href', 'https://clips.example/boss');
  const undoBar = moderator.locator('.moment-list .undo-bar');
  await expect(undoBar).toContainText('are saved, and it was split');

  // Merged into the part that has neither, both are out of sight until that is undone, which is said.
  const other = moderator.locator('[data-moment]').filter({ hasNotText: 'Cut' });
  await tick(boss);
  await tick(other);
  await other.locator('[data-key="m"]').click();
  await expect(undoBar).toContainText('Its title and clip link are no longer shown; undo brings them back.');
  await expect(moderator.locator('[data-moment]')).toHaveCount(1);
  await undoBar.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(boss.getByRole('link')).toHaveAttribute('href', 'https://clips.example/boss');
});

test('a title and a state that somebody else changed meanwhile are shown before they are replaced', async ({ person }) => {
  const { streamer, code, moderator, viewer } = await underWay(person);
  await crowdPresses(viewer, code, { secondsAgo: 300, visitors: 8, note: 'The boss falls' });
  const editors = [streamer, moderator].map((page) => ({ page, dialog: page.getByRole('dialog', { name: /^The moment at/ }) }));
  const save = async ({ dialog }: (typeof editors)[number], title: string, state: string) => {
    await dialog.getByLabel('Title').fill(title);
    await dialog.getByLabel('State').selectOption(state);
    await dialog.getByRole('button', { name: 'Save' }).click();
  };
  for (const { page } of editors) await page.locator('[data-moment] [data-key="e"]').first().click();
  const [first, second] = editors;
  await save(first, 'The boss', 'cut');
  await expect(first.dialog).toBeHidden();

  for (const theirs of ['The boss', 'Cut']) {
    await save(second, 'The bridge', 'rejected');
    await expect(second.dialog).toContainText(`It is now “${theirs}”`);
    await expect(second.dialog.getByLabel('Title')).toHaveValue('The bridge');
    await expect(second.dialog.getByLabel('State')).toHaveValue('rejected');
  }
  await save(second, 'The bridge', 'rejected');
  await expect(second.dialog).toBeHidden();
  for (const page of [streamer, moderator, viewer]) await expect(page.locator(moments).first()).toContainText('The bridge');
});

/** A page and its data, as the server sends both while it still reads the session's presses. */
function withoutMoments(html: string) {
  return html.replace(/(<script[^>]* id="?data"?[^>]*>)(.*?)(?=<\/script>)/s, (_, tag: string, data: string) => {
    const pending = JSON.parse(data, (key, value) => (key === 'highlights' ? { pending: true } : value));
    return tag + JSON.stringify(pending).replaceAll('<', '\\u003c');
  });
}

test('moments that the server did not know yet appear once it does, without anything else happening', async ({ person }) => {
  const { code, moderator, viewer } = await underWay(person);
  await crowdPresses(viewer, code, { secondsAgo: 600, visitors: 8, note: 'The boss falls' });
  let isKnown = false;
  const told = new Set<Page>();
  for (const page of [moderator, viewer]) {
    await expect(page.locator(moments)).toHaveCount(1);
    await page.route(page.url(), async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: withoutMoments(await answer.text()) });
    });
    // The first answers to whoever asks again have none either.
    await page.route('**/snapshot', async (route) => {
      const answer = await route.fetch();
      if (isKnown) return route.fulfill({ response: answer });
      const snapshot = { ...(await answer.json()), highlights: { pending: true } };
      await route.fulfill({ response: answer, json: snapshot });
      told.add(page);
    });
    await page.reload();
    await appRuns(page);
    await expect(page.locator(moments)).toHaveCount(0);
  }
  await expect(moderator.getByText('The server is still reading')).toBeVisible();
  await expect.poll(() => told.size).toBe(2);
  isKnown = true;
  for (const page of [moderator, viewer]) await expect(page.locator(moments)).toHaveCount(1);
  await expect(moderator.getByText('The server is still reading')).toHaveCount(0);
});

test('a range on the timeline is given a name, and is a moment for everybody', async ({ person }) => {
  const { streamer, code, moderator, viewer } = await underWay(person);
  await crowdPresses(viewer, code, { secondsAgo: 600, visitors: 8, note: 'The boss falls' });
  await expect(moderator.locator(moments)).toHaveCount(1);
  const name = moderator.getByRole('button', { name: 'Make it a moment …' });
  await expect(name).toBeHidden();

  const stage = (await moderator.locator('.timeline__stage').boundingBox())!;
  await moderator.mouse.move(stage.x + stage.width * 0.6, stage.y + stage.height / 2);
  await moderator.mouse.down();
  await moderator.mouse.move(stage.x + stage.width * 0.8, stage.y + stage.height / 2, { steps: 4 });
  await moderator.mouse.up();
  await name.click();
  const dialog = moderator.getByRole('dialog', { name: /^\d\d:\d\d:\d\d – / });
  await dialog.getByRole('button', { name: 'Make it a moment' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Title').fill('The long walk');
  await dialog.getByLabel('Title').press('Enter');
  await expect(dialog).toBeHidden();
  for (const page of [moderator, streamer, viewer]) {
    await expect(page.locator(moments).filter({ hasText: 'The long walk' })).toHaveCount(1);
  }

  // What was named by mistake is undone in the log.
  const log = await openTab(moderator, 'Log');
  await expect(log.locator('.log__what', { hasText: /made the moment at .* of a range/ })).toBeVisible();
  await log.getByRole('button', { name: /^Undo/ }).first().click();
  for (const page of [moderator, streamer, viewer]) await expect(page.locator(moments)).toHaveCount(1);
});
