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
