// One short stream in every engine: presses, a moment, a pause, a moderator, and the file.
import { expect, test } from './fixtures';
import { sendPress } from '../support/presses';
import { button, click, download, field, mintModeratorLink, miss, openSession, row, see, seePane, text, type } from './actions';

/** How many viewers press for the same besides the one in the engine. */
const OTHERS = 6;

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
  let pressed = 0;
  for (const note of ['Geralt insulted the Baron', 'to be hidden']) {
    await type(viewer, field('What happened?'), note);
    await click(viewer, button('Clip that!'));
    for (const page of [streamer, moderator, other]) await see(page, row(note));
    // A crowd will press for the first one, from which a slow engine is soon too far away.
    pressed ||= Date.now();
  }

  await click(moderator, button('Hide', row('to be hidden')));
  await miss(other, row('to be hidden'));
  await see(other, row('Geralt insulted the Baron'));
  // Its author still sees it.
  await see(viewer, row('to be hidden'));

  // A crowd marks the same: it stands out as a moment, and the viewer is one of those who marked it.
  for (let nth = 0; nth < OTHERS; nth += 1) await sendPress(gateway.url, code, { waited: Date.now() - pressed, note: 'poor Baron' });
  const moment = row(/\b7 viewers\b.*Geralt insulted the Baron/);
  await seePane(moderator, 'Moments');
  for (const page of [moderator, other]) await see(page, moment);
  await see(viewer, text(new RegExp(`^${OTHERS} others clipped this`)));
  await click(moderator, button('Star', moment));
  for (const page of [moderator, other]) await see(page, row(/Starred.*\b7 viewers\b/));

  await click(streamer, button('Pause'));
  for (const page of [viewer, other]) await see(page, text(/^Paused$/));

  const file = await download(streamer, 'Text');
  const lines = file.replace(/\d\d:\d\d:\d\d/g, 'HH:MM:SS').trimEnd().split('\n');
  const marked = ['Geralt insulted the Baron', ...Array(OTHERS).fill('poor Baron')];
  expect(lines).toEqual(marked.map((note) => `Segment 1 HH:MM:SS – ${note}`));
  expect(gateway.refused).toEqual([]);
  for (const page of [streamer, moderator, viewer, other]) expect(page.faults).toEqual([]);
});
