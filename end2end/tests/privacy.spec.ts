// What is stored about a viewer, and being forgotten.
import { expect, phone, test } from '../support/fixtures';
import { act, mintModeratorLink, openSession, pressClip, rows } from '../support/actions';

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
