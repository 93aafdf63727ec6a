// Every page, in both themes, before and after a press: no violation that axe-core knows.
import AxeBuilder from '@axe-core/playwright';
import { expect, phone, test } from '../support/fixtures';
import { act, mintModeratorLink, openSession, pressClip } from '../support/actions';

for (const colorScheme of ['dark', 'light'] as const) {
  test(`no page has an accessibility violation in the ${colorScheme} theme`, async ({ person }) => {
    const streamer = await person({ colorScheme });
    const code = await openSession(streamer, 'Accessible', 'Any');
    const link = await mintModeratorLink(streamer, 'Anna');
    const viewer = await person({ colorScheme, ...phone });
    const moderator = await person({ colorScheme });
    await viewer.goto(`/s/${code}`);
    await moderator.goto(link);
    await expect(moderator.getByRole('searchbox').first()).toBeVisible();

    const check = async () => {
      for (const page of [streamer, viewer, moderator]) {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      }
    };
    await check();
    await act(streamer, 'Start');
    await pressClip(viewer, { note: 'seen' });
    await expect(moderator.getByText('seen', { exact: true })).toBeVisible();
    await check();
    await act(streamer, 'End');
    await check();
    for (const address of ['/', '/privacy', '/nowhere', '/s/000000', `/s/${code}/control`]) {
      await viewer.goto(address);
      const { violations } = await new AxeBuilder({ page: viewer }).analyze();
      expect(violations.map(({ id, nodes }) => [address, id, nodes.map((node) => node.html)])).toEqual([]);
    }
  });
}
