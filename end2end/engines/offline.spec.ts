// The viewers' page without a network, in every engine.
import { test } from './fixtures';
import { button, click, field, openSession, row, see, text, type, until } from './actions';

test('without a network the viewers’ page takes a press, and it is sent later', async ({ person, gateway, server }) => {
  const streamer = await person('streamer');
  const code = await openSession(streamer, gateway.url, 'Tunnel');
  await click(streamer, button('Start'));
  const viewer = await person('viewer');
  await viewer.goto(`${gateway.url}/s/${code}`);
  const hasWorker = "navigator.serviceWorker.getRegistration('/s/').then((found) => Boolean(found?.active))";
  await until(viewer, hasWorker, true, 'the service worker has started');

  // The gateway then closes every connection without an answer.
  await server.stop();
  await viewer.goto(`${gateway.url}/s/${code}`);
  await see(viewer, text('No connection'));
  await type(viewer, field('What happened?'), 'inside');
  await click(viewer, button('Clip that!'));
  await see(viewer, row('inside'));
  await server.start();
  await see(streamer, row('inside'));
  await see(viewer, text('Tunnel'));
});
