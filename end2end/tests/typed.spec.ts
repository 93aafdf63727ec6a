// What people type, in whatever script: every page lays it out as its own script is read.
import { expect, test } from '../stage/stage';
import { act, mintModeratorLink, openSession, pressClip, rows } from '../stage/people';

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
