// What happens when the server or the phone's network goes away in the middle of a stream.
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, mintModeratorLink, openSession, openTab, pressClip, rows, takesPresses, unsent } from '../support/actions';
import { lookOutFor } from '../support/checks';

test('after a restart every page is live again with nothing lost and no new snapshot', { tag: '@postgres' }, async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Restart', 'Any');
  await act(streamer, 'Start');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await pressClip(viewer, { note: 'before' });
  for (const page of [streamer, moderator, viewer]) {
    await expect(rows(page).filter({ hasText: 'before' })).toBeVisible();
    await appRuns(page);
  }

  let snapshots = 0;
  for (const page of [streamer, moderator, viewer]) {
    page.on('request', (request) => (snapshots += Number(request.url().includes('/rpc/snapshot'))));
  }
  expect(await server.stop()).toBeLessThan(10_000);
  await pressClip(viewer, { note: 'meanwhile' });
  await expect(viewer.getByText(/waiting/i).first()).toBeVisible();
  await server.start();

  for (const page of [streamer, moderator, viewer]) {
    await expect(rows(page).filter({ hasText: 'meanwhile' })).toHaveCount(1);
    await expect(rows(page).filter({ hasText: 'before' })).toHaveCount(1);
  }
  await pressClip(viewer, { note: 'after' });
  for (const page of [streamer, moderator, viewer]) {
    await expect(rows(page).filter({ hasText: 'after' })).toHaveCount(1);
    await expect(rows(page)).toHaveCount(3);
  }
  expect(snapshots).toBe(0);
});

test('three presses of a phone without network land at their true offsets', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Tunnel', 'Any');
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  await act(streamer, 'Start');
  await appRuns(viewer);
  await expect(viewer.getByText('Live', { exact: true })).toBeVisible();

  await viewer.context().setOffline(true);
  const pressed: { from: number; to: number }[] = [];
  for (const note of ['one', 'two', 'three']) {
    // Half a second more than two: those that are sent together may arrive as much apart.
    await viewer.waitForTimeout(2_500);
    const from = Date.now() / 1000;
    await pressClip(viewer, { note });
    pressed.push({ from, to: Date.now() / 1000 });
    await expect(unsent(viewer).filter({ hasText: note })).toContainText(/waiting/i);
  }
  await viewer.waitForTimeout(3_000);
  await viewer.context().setOffline(false);

  await expect(unsent(viewer)).toHaveCount(0);
  const offsets: number[] = [];
  for (const note of ['one', 'two', 'three']) {
    const row = rows(streamer).filter({ hasText: note });
    await expect(row).toHaveCount(1);
    const [, hours, minutes, seconds] = /(\d+):(\d\d):(\d\d)/.exec(await row.innerText()) ?? [];
    offsets.push(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  }
  for (const i of [1, 2]) {
    // Whole seconds: each of the two offsets may have lost up to one.
    const apart = offsets[i] - offsets[i - 1];
    expect(apart).toBeGreaterThan(pressed[i].from - pressed[i - 1].to - 1);
    expect(apart).toBeLessThan(pressed[i].to - pressed[i - 1].from + 1);
  }
});

test('presses that wait for an absent server ask for it together, ever more seldom', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Patience', 'Any');
  await act(streamer, 'Start');
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);

  let asked = 0;
  await viewer.route('**/rpc/submit', (route) => {
    asked += 1;
    return route.abort();
  });
  for (const note of ['one', 'two', 'three']) await pressClip(viewer, { note });
  await viewer.waitForTimeout(20_000);
  // Each attempt sends three; where every failure made an attempt of its own, there would be hundreds.
  expect(asked).toBeLessThan(60);
  await viewer.unroute('**/rpc/submit');
  await expect(unsent(viewer)).toHaveCount(0);
  await expect(rows(streamer)).toHaveCount(3);
});

test('what a page that was closed had kept is sent by one that comes back to life', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Two tabs', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);

  const other = await viewer.context().newPage();
  await other.goto(`/s/${code}`);
  await appRuns(other);
  await other.route('**/rpc/submit', (route) => route.abort());
  await pressClip(other, { note: 'kept' });
  await expect(unsent(other)).toContainText(/kept.*waiting/i);
  await other.close();
  await expect(rows(streamer)).toHaveCount(0);
  await viewer.context().setOffline(true);
  await expect(viewer.locator('#connection')).toContainText('The server can’t be reached');
  await viewer.context().setOffline(false);
  for (const page of [viewer, streamer]) await expect(rows(page)).toContainText(['kept']);
  await expect(unsent(viewer)).toHaveCount(0);
  await expect(viewer.getByRole('region', { name: 'Your presses' })).toContainText('kept');
});

test('a press that was saved after its page was left is not told to be late', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Left', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  // The server gets it, the page never hears so.
  await viewer.route('**/rpc/submit', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await viewer.route('**/live*', (route) => route.abort());
  await pressClip(viewer, { note: 'kept twice' });
  await expect(rows(streamer).filter({ hasText: 'kept twice' })).toBeVisible();
  await viewer.goto('about:blank');
  await act(streamer, 'End');
  await viewer.unrouteAll();
  await viewer.goto(`/s/${code}`);
  await expect(rows(viewer).filter({ hasText: 'kept twice' })).toHaveCount(1);
  await expect(unsent(viewer)).toHaveCount(0);
});

test('that the server can’t be reached is no longer said once the page is live again', async ({ person, server }) => {
  const streamer = await person();
  await openSession(streamer, 'Away', 'Any');
  await act(streamer, 'Start');
  await pressClip(streamer, { note: 'to be hidden' });
  await expect(rows(streamer)).toHaveCount(1);
  await server.stop();
  const absent = streamer.getByRole('alert').filter({ hasText: 'can’t be reached right now' });
  const pause = streamer.getByRole('button', { name: 'Pause', exact: true });
  await takesPresses(pause);
  await pause.click();
  await expect(streamer.locator('.stream-controls').getByRole('alert')).toContainText('can’t be reached right now');
  await rows(streamer).getByRole('button', { name: /^Hide/ }).click();
  await expect(absent).toHaveCount(2);
  await server.start();
  await expect(absent).toHaveCount(0);
  // It was not done.
  await expect(pause).toBeVisible();
  await expect(rows(streamer).getByRole('button', { name: /^Hide/ })).toHaveCount(1);
});

test('in lists and editors it is no longer said either, and what was typed can be saved', async ({ person, server }) => {
  const streamer = await person();
  await openSession(streamer, 'Away', 'Any');
  await act(streamer, 'Start');
  await pressClip(streamer, { note: 'to be edited' });
  await rows(streamer).getByRole('button', { name: /^Edit note/ }).click();
  const note = streamer.getByLabel(/^Note of/);
  await note.fill('better words');
  const panes = ['Session', 'Log', 'Links'];
  // Their code comes with the first look at them.
  for (const pane of panes) await openTab(streamer, pane);
  await server.stop();
  await note.press('Enter');
  await expect(streamer.locator('.note-editor').getByRole('alert')).toContainText('can’t be reached right now');
  for (const pane of panes) {
    const shown = await openTab(streamer, pane);
    if (pane === 'Session') await shown.getByRole('textbox', { name: 'Title', exact: true }).fill('Back again');
    if (pane === 'Session') await shown.getByRole('button', { name: 'Save' }).first().click();
    await expect(shown.getByRole('alert').filter({ hasText: 'can’t be reached right now' }).first()).toBeVisible();
  }
  await server.start();
  // In the panes that are not looked at, too. Only a form that keeps its fields open says so until it is saved.
  const said = streamer.locator('[role="alert"]', { hasText: 'can’t be reached right now' });
  await expect(said).toHaveCount(1);
  await note.press('Enter');
  await expect(note).toBeHidden();
  await expect(rows(streamer)).toContainText(['better words']);
  const session = await openTab(streamer, 'Session');
  await expect(session.getByRole('textbox', { name: 'Title', exact: true })).toHaveValue('Back again');
  await session.getByRole('button', { name: 'Save' }).first().click();
  await expect(said).toHaveCount(0);
  await expect(streamer.getByRole('heading', { level: 1 })).toHaveText('Back again');
});

test('a page that the server tells to start over does so without an alarm', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Again', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await pressClip(streamer, { note: 'before' });
  await expect(rows(viewer)).toHaveCount(1);
  const alarms = await lookOutFor(viewer, /can’t be reached/);
  let streams = 0;
  await viewer.route(/\/live\?/, (route) => {
    streams += 1;
    if (streams > 1) return route.continue();
    return route.fulfill({ contentType: 'text/event-stream', body: 'event: snapshot\ndata: {}\n\n' });
  });
  // It is left, and restored from the browser's memory.
  await viewer.evaluate(() => ['pagehide', 'pageshow'].forEach((type) => dispatchEvent(new PageTransitionEvent(type))));
  await expect.poll(() => streams).toBe(2);
  await pressClip(streamer, { note: 'after' });
  await expect(rows(viewer)).toHaveCount(2);
  expect(await alarms()).toEqual([]);
});

test('a page goes on once the server is back behind a proxy that answered 404 in its place', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Elsewhere', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  await pressClip(streamer, { note: 'before' });
  await expect(rows(viewer)).toHaveCount(1);
  const away = /\/(live|snapshot)(\?|$)/;
  let asked = 0;
  await viewer.route(away, (route) => {
    asked += Number(route.request().url().endsWith('/snapshot'));
    return route.fulfill({ status: 404, contentType: 'text/plain', body: '404 page not found' });
  });
  // It is left, and restored from the browser's memory.
  await viewer.evaluate(() => ['pagehide', 'pageshow'].forEach((type) => dispatchEvent(new PageTransitionEvent(type))));
  const alarm = viewer.locator('.banner', { hasText: 'can’t be reached' });
  await expect(alarm).toBeVisible();
  await expect.poll(() => asked).toBeGreaterThan(1);
  await expect(viewer.getByText('This session is gone')).toHaveCount(0);
  await viewer.unroute(away);
  await pressClip(streamer, { note: 'after' });
  await expect(rows(viewer)).toHaveCount(2);
  await expect(alarm).toBeHidden();
});
