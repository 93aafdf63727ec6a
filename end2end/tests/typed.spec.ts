// What people type, in whatever script: every page lays it out as its own script is read.
import { expect, test } from '../support/fixtures';
import { act, agoFromNow, appRuns, crowdPresses, mintModeratorLink, openSession, pressClip, rows, startAgo } from '../support/actions';

for (const [script, note, name, title] of [
  ['Hebrew', 'איזה מהלך! 3:0', 'נועה', 'משחק הגמר'],
  ['Arabic', 'يا لها من لحظة (2)', 'سلمى', 'المباراة النهائية'],
  ['Latin', 'What a move! 3:0', 'Ciri', 'The final'],
]) {
  const direction = script === 'Latin' ? 'ltr' : 'rtl';

  test(`${script} reads ${direction} in fields and rows of every page`, async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, title, title);
    await act(streamer, 'Start');
    const moderator = await person();
    await moderator.goto(await mintModeratorLink(streamer, name));
    await expect(streamer.getByText(name, { exact: true }).first()).toHaveCSS('direction', direction);
    const viewer = await person();
    await viewer.goto(`/s/${code}`);
    await expect(viewer.getByRole('heading', { name: title })).toHaveCSS('direction', direction);

    const field = viewer.getByLabel('What happened?');
    await field.fill(note);
    await expect(field).toHaveCSS('direction', direction);
    await pressClip(viewer, { note, name });
    for (const page of [viewer, streamer, moderator]) {
      const row = rows(page).filter({ hasText: note });
      await expect(row.getByText(note, { exact: true })).toHaveCSS('direction', direction);
      await expect(row.getByText(name, { exact: true })).toHaveCSS('direction', direction);
      // The offset stands where it stands in every row, and its digits in their order.
      await expect(row.locator('.timestamp__offset')).toHaveCSS('direction', 'ltr');
      await expect(row.locator('.timestamp__offset')).toHaveText(/^\d\d:\d\d:\d\d$/);
    }
  });
}

test('what is piled up on letters covers no other row, and widens no page', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Piled', 'Piled');
  await act(streamer, 'Start');
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  for (const note of ['below', 'zzz', 'above']) {
    await pressClip(streamer, { note, name: 'Ann' });
    await expect(rows(viewer).filter({ hasText: note })).toHaveCount(1);
  }
  const others = [rows(viewer).filter({ hasText: 'above' }), rows(viewer).filter({ hasText: 'below' })];
  const looks = () => Promise.all(others.map((row) => row.screenshot()));
  const note = rows(viewer).filter({ hasText: 'zzz' }).locator('.timestamp__note');
  const before = await looks();
  // Far more than the server takes: the page alone keeps them in their row.
  for (const mark of ['\u030d', '\u0323']) {
    await note.evaluate((note, mark) => (note.textContent = `zzz${mark.repeat(60)}z`), mark);
    const after = await looks();
    for (const [n, look] of after.entries()) expect(look.equals(before[n]), `${mark} in row ${n}`).toBe(true);
  }
  await viewer.setViewportSize({ width: 320, height: 900 });
  for (const wide of ['\ufdfd'.repeat(100), '\u{1242b}'.repeat(100), 'W'.repeat(100)]) {
    await pressClip(streamer, { note: wide, name: wide.slice(0, 40) });
    await expect(rows(viewer).filter({ hasText: wide })).toHaveCount(1);
    expect(await viewer.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  }
});

test('what is piled up on the note of a moment covers no other moment', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Piled', 'Piled');
  await startAgo(streamer, 14);
  const viewer = await person();
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const ago = agoFromNow();
  for (const [at, note] of ['above', 'zzz', 'below'].entries()) {
    await crowdPresses(viewer, code, { secondsAgo: ago(600 - at * 200), visitors: 8 - at, note });
  }
  const moments = viewer.locator('#best-moments-list > .moment');
  // All have come in: nothing changes any more.
  await expect(moments).toContainText([/8 viewers.*above/, /7 viewers.*zzz/, /6 viewers.*below/]);
  const looks = () => Promise.all([0, 2].map((n) => moments.nth(n).screenshot()));
  const note = moments.nth(1).locator('.moment__note > [dir]');
  const before = await looks();
  // Far more than the server takes: the page alone keeps them in their moment.
  for (const mark of ['\u030d', '\u0323']) {
    await note.evaluate((note, mark) => (note.textContent = `zzz${mark.repeat(60)}z`), mark);
    const after = await looks();
    for (const [n, look] of after.entries()) expect(look.equals(before[n]), `${mark} in moment ${n}`).toBe(true);
  }
});
