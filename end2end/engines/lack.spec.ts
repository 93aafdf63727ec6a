// Viewers whose browser lacks something that most have: what they press arrives, and the page says how it stands.
import { expect, test } from './fixtures';
import { button, click, field, openSession, row, see, text, type } from './actions';

test('a viewer without cookies presses, and sees the stream live', async ({ person, gateway }) => {
  const streamer = await person('streamer');
  const code = await openSession(streamer, gateway.url, 'No cookies');
  await click(streamer, button('Start'));
  const viewer = await person('viewer', 'cookies');
  await viewer.goto(`${gateway.url}/s/${code}`);
  expect(await viewer.value("(document.cookie = 'kept=1', document.cookie)")).toBe('');
  await see(viewer, text(/^Live$/));
  await type(viewer, field('What happened?'), 'without cookies');
  await click(viewer, button('Clip that!'));
  await see(viewer, text(/^Saved at/));
  for (const page of [viewer, streamer]) await see(page, row('without cookies'));
  await click(streamer, button('Pause'));
  await see(viewer, text(/^Paused$/));
});

test('a viewer without WebAssembly presses by the plain form, and is told that the page is not live', async ({
  person,
  gateway,
}) => {
  const streamer = await person('streamer');
  const code = await openSession(streamer, gateway.url, 'No WebAssembly');
  await click(streamer, button('Start'));
  const viewer = await person('viewer', 'WebAssembly');
  await viewer.goto(`${gateway.url}/s/${code}`);
  expect(await viewer.value('typeof WebAssembly')).toBe('undefined');
  await see(viewer, text(/^This page is not live/));
  await type(viewer, field('What happened?'), 'by the form');
  await click(viewer, button('Clip that!'));
  await see(viewer, text(/^Saved at/));
  for (const page of [viewer, streamer]) await see(page, row('by the form'));
  await click(streamer, button('Pause'));
  await click(viewer, { kind: 'link', words: 'Reload the page' });
  await see(viewer, text(/^Paused$/));
});
