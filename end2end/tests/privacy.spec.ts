// What is stored about a viewer, and being forgotten.
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, mintModeratorLink, openSession, pressClip, rows } from '../support/actions';

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts';
  test(`a viewer is forgotten, and every open page hears of it, ${how}`, { tag: '@postgres' }, async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Forgetful', 'Any');
    await act(streamer, 'Start');
    const moderator = await person();
    await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
    const viewer = await person({ ...phone, javaScriptEnabled });
    await viewer.goto(`/s/${code}`);
    await pressClip(viewer, { note: 'my words', name: 'Ciri' });
    for (const page of [streamer, moderator]) await expect(rows(page).filter({ hasText: 'my words' })).toHaveCount(1);

    await viewer.getByRole('link', { name: 'What is stored about you' }).click();
    await expect(viewer.getByRole('heading', { name: 'Forget me' })).toBeVisible();
    await viewer.getByLabel('I want to be forgotten').check();
    await viewer.getByRole('button', { name: 'Forget me' }).click();
    await expect(viewer.getByText(/you are forgotten/i)).toBeVisible();
    for (const page of [streamer, moderator]) await expect(rows(page)).toHaveCount(0);
    await viewer.goto(`/s/${code}`);
    await expect(rows(viewer)).toHaveCount(0);
    await expect(viewer.getByLabel('Your name')).toHaveValue('');
  });
}

test('who was forgotten is nobody on any page, in another tab and on the page that they go back to', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Nobody', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  const other = await viewer.context().newPage();
  for (const page of [viewer, other]) {
    await page.goto(`/s/${code}`);
    await appRuns(page);
    await page.getByLabel('Your name').fill('Victor');
    await page.getByLabel('What happened?').fill('half a note');
  }
  await pressClip(viewer, { note: 'by Victor' });
  await expect(rows(streamer)).toHaveCount(1);

  await viewer.getByRole('link', { name: 'What is stored about you' }).click();
  await viewer.getByLabel('I want to be forgotten').check();
  await viewer.getByRole('button', { name: 'Forget me' }).click();
  await expect(viewer.getByText(/you are forgotten/i)).toBeVisible();
  await expect(rows(streamer)).toHaveCount(0);
  const areEmpty = async (page: typeof viewer) => {
    for (const field of ['Your name', 'What happened?']) await expect(page.getByLabel(field)).toHaveValue('');
  };
  await areEmpty(other);
  // To the form, and to the page before it.
  for (let steps = 0; steps < 2; steps += 1) await viewer.goBack();
  await expect(viewer).toHaveURL(new RegExp(`/s/${code}$`));
  await appRuns(viewer);
  await areEmpty(viewer);
  for (const page of [viewer, other]) await pressClip(page, {});
  await expect(rows(streamer)).toHaveCount(2);
  await expect(rows(streamer).filter({ hasText: 'Victor' })).toHaveCount(0);
});

test('what could not be sent to a session that nobody opens again is removed after 30 days', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Left over', 'Any');
  const viewer = await person();
  await viewer.goto('/privacy');
  await viewer.evaluate((code) => {
    const keep = (of: string, nth: number, days: number) => {
      const id = `01890000-0000-7000-8000-00000000000${nth}`;
      const pressed = new Date(Date.now() - days * 86_400_000).toISOString();
      localStorage.setItem(`press.${of}.${id}`, JSON.stringify({ id, note: `${days} days`, name: null, pressed_at: pressed }));
    };
    keep('7KQ2MX', 1, 29);
    keep('7KQ2MX', 2, 31);
    localStorage.setItem('press.7KQ2MX.broken', '{');
    keep(code, 3, 31);
  }, code);
  await viewer.goto(`/s/${code}`);
  await appRuns(viewer);
  const kept = () => viewer.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('press.')));
  // The session's own page removes its own, too.
  await expect.poll(kept).toEqual(['press.7KQ2MX.01890000-0000-7000-8000-000000000001']);
});
