// How a page comes alive, and what it is while it does not: a plain form that works, and words that say so.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { act, appRuns, crowdPresses, mintModeratorLink, openSession, pressClip, rows, startAgo } from '../support/actions';

/** Keeps the app from starting until it is let. */
async function held(page: Page): Promise<() => void> {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/*.wasm', async (route) => {
    await gate;
    await route.continue();
  });
  return letGo;
}

/** Where the elements that people look at and press stand. */
const places = (page: Page) =>
  page.evaluate(() => {
    const named = document.querySelectorAll('h1, h2, button, input, a, .timestamp, .badge, .panel');
    return [...named].flatMap((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return width && height ? [[x, y, width, height].map(Math.round)] : [];
    });
  });

const isApart = (a: number[][], b: number[][]) =>
  a.length !== b.length || a.some((place, at) => place.some((edge, side) => Math.abs(edge - b[at][side]) > 1));

test.describe('while the app starts', () => {
  // A window that holds the longest page: the moderators' list scrolls to its newest row in a lower one.
  const tall = { viewport: { width: 1280, height: 2400 } };

  test('nothing moves, on any page', async ({ person }) => {
    const streamer = await person(tall);
    const code = await openSession(streamer, 'Cyberpunk', 'Cyberpunk 2077');
    await act(streamer, 'Start');
    await pressClip(streamer, { note: 'a jump', name: 'V' });
    await expect(rows(streamer)).toHaveCount(1);
    for (const path of ['/', '/privacy', `/s/${code}`, `/s/${code}/mod`, `/s/${code}/control`, '/s/000000']) {
      // Another visitor, whose page differs in nothing that the app alone knows; the desks are the streamer's.
      const page = path.endsWith('mod') || path.endsWith('control') ? streamer : await person(tall);
      const letGo = await held(page);
      await page.goto(path);
      await page.evaluate(() => document.fonts.ready);
      const before = await places(page);
      letGo();
      await appRuns(page);
      // The clock and what the app alone knows may come later; the elements stand where they stood.
      const after = await places(page);
      expect(isApart(before, after), `${path}\n${JSON.stringify(before)}\n${JSON.stringify(after)}`).toBe(false);
      await page.unroute('**/*.wasm');
    }
  });

  test('what is typed on a page that was gone back to stays, though the tab remembers another note', async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Back', 'Any');
    await act(streamer, 'Start');
    const page = await person();
    await page.goto(`/s/${code}`);
    await appRuns(page);
    await page.getByLabel('What happened?').fill('before');
    await page.goto('/privacy');
    await appRuns(page);
    const letGo = await held(page);
    await page.goBack();
    await expect(page).toHaveURL(new RegExp(`/s/${code}$`));
    await page.getByLabel('What happened?').fill('typed early');
    await page.getByLabel('Your name').fill('Victor');
    await page.locator('h1').click();
    letGo();
    await appRuns(page);
    await expect(page.getByLabel('What happened?')).toHaveValue('typed early');
    await expect(page.getByLabel('Your name')).toHaveValue('Victor');
  });

  test('what is typed, selected and focused stays so', async ({ person }) => {
    const page = await person();
    const letGo = await held(page);
    await page.goto('/');
    await page.getByLabel('Game').fill('Witcher');
    const title = page.getByLabel('Title');
    await title.fill('The long night');
    await title.evaluate((field: HTMLInputElement) => field.setSelectionRange(4, 8));
    letGo();
    await appRuns(page);
    await expect(page.getByLabel('Game')).toHaveValue('Witcher');
    await expect(title).toBeFocused();
    await page.keyboard.type('short');
    await expect(title).toHaveValue('The short night');
    await page.getByRole('button', { name: 'Open the session' }).click();
    await page.waitForURL(/control$/);
    await expect(page.getByRole('heading', { name: 'The short night' })).toBeVisible();
  });

  test('what is ticked and focused stays with its row and its moment', async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Early', 'Any');
    await startAgo(streamer, 14);
    for (const secondsAgo of [600, 400, 200]) await crowdPresses(streamer, code, { secondsAgo, visitors: 5, note: `${secondsAgo} seconds ago` });
    await expect(streamer.locator('.moments > .moment')).toHaveCount(3);
    await expect(rows(streamer)).toHaveCount(15);

    const letGo = await held(streamer);
    await streamer.reload();
    const id = await rows(streamer).nth(1).getAttribute('data-id');
    const moment = await streamer.locator('.moments > .moment').nth(1).getAttribute('data-moment');
    await streamer.locator(`.timestamp[data-id="${id}"] input`).check();
    await streamer.getByLabel('Show hidden ones').uncheck();
    await streamer.locator(`[data-moment="${moment}"] [data-does="star"]`).focus();
    letGo();
    await appRuns(streamer);
    await expect(streamer.locator(`[data-moment="${moment}"] [data-does="star"]`)).toBeFocused();
    await expect(streamer.locator(`.timestamp[data-id="${id}"] input`)).toBeChecked();
    await expect(streamer.locator('.timestamps input:checked')).toHaveCount(1);
    await expect(streamer.locator('.moments input:checked')).toHaveCount(0);
    await expect(streamer.getByText('1 ticked')).toBeVisible();
    await expect(streamer.getByLabel('Show hidden ones')).not.toBeChecked();
  });

  test('what is typed, ticked and chosen in the fields of a page stays so', async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Chosen', 'Any');
    await act(streamer, 'Start');
    await pressClip(streamer, { note: 'a jump', name: 'V' });
    await expect(rows(streamer)).toHaveCount(1);
    // All fields that stand in the document of each page, whatever their kind.
    for (const path of ['/', `/s/${code}`, `/s/${code}/mod`, `/s/${code}/control`]) {
      const letGo = await held(streamer);
      await streamer.goto(path);
      const changed = await streamer.evaluate(() => {
        const fields = document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input[id], select[id]');
        return [...fields].flatMap((field) => {
          if (!field.checkVisibility()) return [];
          if (field instanceof HTMLSelectElement) {
            if (field.length < 2) return [];
            field.selectedIndex = 1;
          } else if (field.type === 'checkbox') field.checked = !field.checked;
          else if (['text', 'search'].includes(field.type)) field.value = '7';
          else return [];
          return [field.id];
        });
      });
      const state = () =>
        streamer.evaluate(
          (ids) =>
            ids.map((id) => {
              const field = document.getElementById(id) as HTMLInputElement | HTMLSelectElement;
              return [id, field.value, field instanceof HTMLInputElement && field.checked];
            }),
          changed,
        );
      const before = await state();
      letGo();
      await appRuns(streamer);
      expect(await state(), path).toEqual(before);
      await streamer.unroute('**/*.wasm');
    }
    await expect(streamer.locator('#segment')).toHaveValue('1');
    // A label is chosen, and not only shown: the press has none.
    await streamer.locator('#filter').fill('');
    await expect(rows(streamer)).toHaveCount(0);
    await streamer.locator('#filter-label').selectOption('');
    await expect(rows(streamer)).toHaveCount(1);
  });

  test('a button that is held down is not taken from under the finger', async ({ person }) => {
    const page = await person();
    const letGo = await held(page);
    await page.goto('/');
    await page.getByLabel('Title').fill('Held');
    await page.getByLabel('Game').fill('Held');
    await page.getByRole('button', { name: 'Open the session' }).hover();
    await page.mouse.down();
    const started = page.waitForResponse(/\.wasm$/);
    letGo();
    await (await started).finished();
    await page.waitForTimeout(500);
    await expect(page.locator('html')).not.toHaveAttribute('data-app', 'runs');
    await page.mouse.up();
    await page.waitForURL(/control$/);
  });

  test('a composition goes on', async ({ person }) => {
    const page = await person();
    const letGo = await held(page);
    await page.goto('/');
    const title = page.getByLabel('Title');
    await title.focus();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Input.imeSetComposition', { text: 'ばか', selectionStart: 2, selectionEnd: 2 });
    letGo();
    await page.waitForTimeout(500);
    await expect(page.locator('html')).not.toHaveAttribute('data-app', 'runs');
    await devtools.send('Input.insertText', { text: '馬鹿' });
    await appRuns(page);
    await expect(title).toHaveValue('馬鹿');
  });

  test('the press form is the same element before and after', async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Portal', 'Portal 2');
    await act(streamer, 'Start');
    const viewer = await person();
    const letGo = await held(viewer);
    await viewer.goto(`/s/${code}`);
    const form = await viewer.locator('#press-form').elementHandle();
    await viewer.getByLabel('What happened?').pressSequentially('before ');
    letGo();
    await appRuns(viewer);
    await viewer.keyboard.type('and after');
    await viewer.keyboard.press('Enter');
    await expect(rows(viewer)).toContainText(['before and after']);
    expect(await form?.evaluate((form) => form.isConnected)).toBe(true);
  });
});

test.describe('where the app does not run', () => {
  test('without WebAssembly the page says so, and its forms work', async ({ browser, person, server }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Old', 'Old');
    await act(streamer, 'Start');
    const link = await mintModeratorLink(streamer, 'Old');
    // No page of `person`: there, what a script throws fails the test.
    const context = await browser.newContext({ baseURL: server.url });
    await context.addInitScript('delete self.WebAssembly');
    const page = await context.newPage();
    await page.goto(`/s/${code}`);
    await expect(page.getByText('This page is not live')).toBeVisible();
    await expect(page.getByText('or press the space bar')).toBeHidden();
    await pressClip(page, { note: 'plain', name: 'Ann' });
    await page.waitForURL(/pressed=/);
    await expect(page.getByText(/^Saved at/)).toBeVisible();
    await expect(rows(streamer)).toContainText(['plain']);

    await page.goto(link);
    await page.getByLabel('Control or moderator link').fill(link);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(page.getByText('This page is not live')).toBeVisible();
    for (const button of await page.locator('button[type=button]').all()) await expect(button).toBeDisabled();
    await context.close();
  });

  test('a program that cannot be loaded is told after some seconds, and after it came, no longer', async ({ person }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Slow', 'Slow');
    const page = await person();
    const letGo = await held(page);
    await page.goto(`/s/${code}`);
    await expect(page.getByText('This page is not live')).toBeVisible();
    letGo();
    await appRuns(page);
    await expect(page.getByText('This page is not live')).toBeHidden();
  });

  test('to load a page again loses nothing of its address', async ({ browser, server }) => {
    const context = await browser.newContext({ baseURL: server.url });
    await context.addInitScript('delete self.WebAssembly');
    const page = await context.newPage();
    await page.goto('/s/000000/control#ctl_secret');
    const link = page.getByRole('link', { name: 'Reload the page' });
    await expect(link).toBeVisible();
    const loaded = page.waitForEvent('load');
    await link.click();
    await loaded;
    expect(page.url()).toContain('#ctl_secret');
    await context.close();
  });

  test('an app that broke off swallows no press', async ({ browser, person, server }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Broken', 'Broken');
    await act(streamer, 'Start');
    const page = await (await browser.newContext({ baseURL: server.url })).newPage();
    await page.goto(`/s/${code}`);
    await appRuns(page);
    const panics: string[] = [];
    page.on('pageerror', (error) => panics.push(error.name));
    await page.evaluate(() => {
      // The next time that the clock moves it can't be told: the app panics.
      performance.now = () => -Infinity;
    });
    await expect(page.getByText('This page is not live')).toBeVisible();
    expect(panics).toContain('RuntimeError');
    await page.getByLabel('What happened?').fill('after the end');
    await page.keyboard.press('Enter');
    await page.waitForURL(/pressed=/);
    await expect(rows(streamer)).toContainText(['after the end']);
    await page.context().close();
  });

  test('a desk that broke off keeps what was typed, and can be loaded again', async ({ browser, person, server }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Broken', 'Broken');
    await startAgo(streamer, 14);
    await crowdPresses(streamer, code, { secondsAgo: 300, visitors: 5, note: 'a jump' });
    const link = await mintModeratorLink(streamer, 'Broken');
    // No page of `person`: there, what a script throws fails the test.
    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    await page.goto(link);
    await appRuns(page);
    const row = rows(page).first();
    await row.getByRole('button', { name: /^Edit/ }).click();
    const note = row.locator('form input').first();
    await note.fill('a long jump');
    await page.locator('.moments > .moment [data-key="e"]').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('The jump');
    await page.evaluate(() => {
      performance.now = () => -Infinity;
    });
    await expect(page.getByText('This page is not live')).toBeVisible();
    let loads = 0;
    page.on('framenavigated', () => (loads += 1));
    await expect(dialog.getByLabel('Title')).toHaveValue('The jump');
    await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    await expect(row.getByRole('button', { name: 'Save' })).toBeDisabled();
    for (const field of [dialog.getByLabel('Title'), note]) await field.press('Enter');
    await expect(note).toHaveValue('a long jump');
    await expect(dialog.getByLabel('Title')).toHaveValue('The jump');
    expect(loads).toBe(0);
    const loaded = page.waitForEvent('load');
    await page.getByRole('link', { name: 'Reload the page' }).click();
    await loaded;
    await appRuns(page);
    await context.close();
  });
});
