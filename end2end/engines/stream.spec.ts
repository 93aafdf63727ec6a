// One short stream in every engine: a press, a pause, a moderator, and the file.
import { expect, test } from './fixtures';
import { button, click, download, field, mintModeratorLink, miss, openSession, row, see, text, type } from './actions';

test('a short stream is collected, live on every page', async ({ person, gateway }) => {
  const streamer = await person('streamer');
  const code = await openSession(streamer, gateway.url, 'Any engine');
  const moderator = await person('moderator');
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const viewer = await person('viewer');
  const other = await person('another viewer');
  for (const page of [viewer, other]) {
    await page.goto(`${gateway.url}/s/${code}`);
    await see(page, text(/^Not started$/));
  }

  await click(streamer, button('Start'));
  for (const page of [viewer, other]) await see(page, text(/^Live$/));
  for (const note of ['Geralt insulted the Baron', 'to be hidden']) {
    await type(viewer, field('What happened?'), note);
    await click(viewer, button('Clip that!'));
    for (const page of [streamer, moderator, other]) await see(page, row(note));
  }

  await click(moderator, button('Hide', row('to be hidden')));
  await miss(other, row('to be hidden'));
  await see(other, row('Geralt insulted the Baron'));
  // Its author still sees it.
  await see(viewer, row('to be hidden'));

  await click(streamer, button('Pause'));
  for (const page of [viewer, other]) await see(page, text(/^Paused$/));

  const file = await download(streamer, 'Text');
  expect(file.replace(/\d\d:\d\d:\d\d/, 'HH:MM:SS')).toBe('Segment 1 HH:MM:SS – Geralt insulted the Baron\n');
  expect(gateway.refused).toEqual([]);
  for (const page of [streamer, moderator, viewer, other]) expect(page.faults).toEqual([]);
});
