// What a page's policy stops. Each attack is tried without the policy too: there it works.
// `page`, and no `person`: there, what a policy stops fails the test.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { appRuns, openSession } from '../support/actions';

const POLICY = 'content-security-policy';

/** A page as it comes, with something put into it before any script runs; and with or without its policy. */
async function comeWith(page: Page, url: string, injected: string, policy: boolean, path = '/'): Promise<void> {
  await page.unrouteAll();
  await page.route('https://evil.example/**', (route) => route.fulfill({ body: 'window.harmed = 1', contentType: 'text/javascript' }));
  await page.route(`${url}${path}`, async (route) => {
    const answer = await route.fetch();
    const headers = answer.headers();
    if (!policy) delete headers[POLICY];
    const html = (await answer.text()).replace('</body>', `${injected}</body>`);
    await route.fulfill({ response: answer, headers, body: html });
  });
}

for (const [what, injected] of [
  ['an inline script', '<script>window.harmed = 1</script>'],
  ['a script from elsewhere', '<script src="https://evil.example/x.js"></script>'],
  ['a handler', '<img src="x" onerror="window.harmed = 1" alt="">'],
]) {
  test(`${what} that found its way into a page does not run`, async ({ page, server }) => {
    for (const policy of [false, true]) {
      await comeWith(page, server.url, injected, policy);
      await page.goto(server.url);
      // What runs, runs before the app: it stands in the document, or is asked for beside the app's own files.
      await appRuns(page);
      expect(await page.evaluate(() => 'harmed' in window)).toBe(!policy);
    }
    // The page's own scripts run all the same.
    await page.getByLabel('Session code').fill('7');
    await page.getByRole('button', { name: 'Join' }).click();
    await expect(page.getByText(/a session code has six letters or digits/i)).toBeVisible();
    expect(new URL(page.url()).search).toBe('');
  });
}

test('a page tells other hosts nothing, whatever runs in it', async ({ page, server }) => {
  const answered: string[] = [];
  // What the policy stops is announced as a request all the same, but never gets an answer.
  page.on('response', (response) => answered.push(response.url()));
  const injected = '<p id="styled" style="position: fixed">styled</p><iframe src="https://evil.example/frame" title="x"></iframe>';
  for (const policy of [false, true]) {
    await comeWith(page, server.url, injected, policy);
    answered.length = 0;
    await page.goto(server.url);
    await page.evaluate(() => fetch('https://evil.example/beacon', { mode: 'no-cors' }).catch(() => undefined));
    const foreign = () => answered.filter((url) => url.startsWith('https://evil.example'));
    await expect.poll(foreign).toHaveLength(policy ? 0 : 2);
    await expect(page.locator('#styled')).toHaveCSS('position', policy ? 'static' : 'fixed');
  }
});

test('no page of ours can be shown in a frame of another', async ({ page, server }) => {
  for (const policy of [false, true]) {
    await comeWith(page, server.url, '', policy);
    await page.route('http://other.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${server.url}/" title="framed"></iframe>` }),
    );
    // Done when the frame is.
    await page.goto('http://other.example/');
    const heading = page.frameLocator('iframe').getByRole('heading', { name: 'Clip Timestamp Collector' });
    await expect(heading).toHaveCount(policy ? 0 : 1);
  }
});

test('the viewers’ page carries its style along, and no other style in it is applied', async ({ page, person, server }) => {
  const code = await openSession(await person(), 'Witcher 3', 'The Witcher 3');
  const files: string[] = [];
  page.on('request', (request) => files.push(new URL(request.url()).pathname));
  const button = page.locator('#press-button');
  for (const policy of [false, true]) {
    await comeWith(page, server.url, '<style>#press-button { display: flex }</style>', policy, `/s/${code}`);
    await page.goto(`${server.url}/s/${code}`);
    await appRuns(page);
    await expect(button).toHaveCSS('display', policy ? 'grid' : 'flex');
  }
  expect(files.filter((file) => file.endsWith('.css'))).toEqual([]);

  // It is the stylesheet of the other pages, from the first rule to the last.
  const rules = () => page.evaluate(() => Array.from(document.styleSheets[0].cssRules, (rule) => rule.cssText));
  const carried = await rules();
  await page.goto(server.url);
  expect(carried).toEqual(await rules());
});
