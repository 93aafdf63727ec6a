// Texts that are made to do harm, in every field: no page runs them, and nothing but our own server is asked.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, mintModeratorLink, openSession, pressClip, rows } from '../support/actions';

const payloads = [
  '</title><script>window.harmed=1</script>',
  '</script><script>window.harmed=2</script>',
  '"><img src=x onerror="window.harmed=3">',
  '<svg/onload="window.harmed=4">',
  "' autofocus onfocus='window.harmed=5'",
  '<iframe src="javascript:parent.harmed=6">',
];

/** The kinds of elements that harm would need, by how many there are. */
const elements = (page: Page) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll('script, img, iframe, object, embed, [onerror], [onload], [onfocus]')];
    return all.map((element) => element.outerHTML.split(/[\s>]/)[0]).sort();
  });

test('what is typed into any field is text on every page', async ({ person, server }) => {
  const faults: string[] = [];
  const watch = (page: Page) => {
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      return dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) faults.push(request.url());
    });
  };
  const [streamer, viewer, moderator] = [await person(), await person(), await person()];
  for (const page of [streamer, viewer, moderator]) watch(page);
  let harmless: string[][] | undefined;
  for (const payload of ['harmless', ...payloads]) {
    const code = await openSession(streamer, payload, payload);
    await act(streamer, 'Start');
    const link = await mintModeratorLink(streamer, payload.slice(0, 40));
    await viewer.goto(`/s/${code}`);
    await pressClip(viewer, { note: payload, name: payload.slice(0, 40) });
    await expect(rows(viewer).filter({ hasText: payload })).toHaveCount(1);
    await moderator.goto(link);
    await expect(rows(moderator).filter({ hasText: payload })).toHaveCount(1);
    await viewer.reload();
    await streamer.reload();
    await expect(rows(streamer).filter({ hasText: payload })).toHaveCount(1);
    await expect(streamer.getByText(payload.slice(0, 40), { exact: true }).first()).toBeVisible();
    const found = [];
    for (const page of [streamer, viewer, moderator]) {
      expect(await page.title()).toContain(payload);
      expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
      found.push(await elements(page));
    }
    harmless ??= found;
    expect(found).toEqual(harmless);
  }
  expect(faults).toEqual([]);
});

test('a script that somebody puts into a page does not run', async ({ browser, server }) => {
  // No page of `person`: there, what the policy refuses fails the test.
  const page = await browser.newPage({ baseURL: server.url });
  const refused: string[] = [];
  page.on('console', (line) => refused.push(line.text()));
  for (const path of ['/', '/s/000000', '/s/000000/control']) {
    await page.goto(path);
    await page.evaluate(() => {
      const image = document.createElement('div');
      image.innerHTML = '<img src="x" onerror="window.harmed = 1"><a id="harm" href="javascript:window.harmed = 2">x</a>';
      document.body.append(image);
      const script = document.createElement('div');
      document.body.append(script);
      script.outerHTML = '<iframe srcdoc="<script>parent.harmed = 3</script>"></iframe>';
      document.getElementById('harm')?.click();
    });
    // Each of the three was tried, and refused.
    await expect.poll(() => refused.filter((line) => /content security policy/i.test(line)).length).toBeGreaterThanOrEqual(3);
    refused.length = 0;
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
  }
  await page.close();
});
