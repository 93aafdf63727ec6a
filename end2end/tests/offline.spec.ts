// The viewers' page without a network: what the service worker shows, what becomes of presses, and what it leaves alone.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Server as Listener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, clickTwice, openSession, pressClip, rows, unsent } from '../support/actions';
import { removeFolder } from '../support/folder';
import { Profile } from '../support/profile';
import { target, type Server } from '../support/server';

test.use({ serviceWorkers: 'allow' });

/** Opens the viewers' page, and waits until the app runs and its service worker has started. */
async function openWithWorker(page: Page, code: string): Promise<void> {
  await page.goto(`/s/${code}`);
  await appRuns(page);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
}

/** The tab is closed, and another one opened in the same browser. */
async function reopen(page: Page, address: string): Promise<Page> {
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  await again.goto(address);
  return again;
}

const offline = (page: Page) => page.getByRole('heading', { name: 'No connection' });

/** Whether the server's page or anything else comes at an address. */
const comes = (page: Page, address: string) =>
  page.goto(address).then(
    () => true,
    (error: Error) => {
      expect(error.message).toContain('ERR_CONNECTION_REFUSED');
      return false;
    },
  );

/** Stands in the server's place as long as the action takes. */
async function inPlaceOf(server: Server, stand: Listener, action: () => Promise<void>): Promise<void> {
  const sockets: { destroy: () => void }[] = [];
  stand.on('connection', (socket) => sockets.push(socket));
  stand.listen(server.port, '127.0.0.1');
  await once(stand, 'listening');
  await action();
  stand.close();
  for (const socket of sockets) socket.destroy();
  await once(stand, 'close');
}

/** The site of another build: its stylesheet has another text, and thus another name. */
function anotherBuild(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clips-site-'));
  cpSync(join(target, 'site'), folder, { recursive: true });
  const hashes = readFileSync(join(folder, 'hash.txt'), 'utf8');
  const [, before] = /css: (\w+)/.exec(hashes) ?? [];
  const style = readFileSync(join(folder, 'pkg', `clips.${before}.css`), 'utf8');
  writeFileSync(join(folder, 'pkg', 'clips.0123.css'), `${style}h1::after { content: " of another build" }`);
  writeFileSync(join(folder, 'hash.txt'), hashes.replace(before, '0123'));
  return folder;
}

test('without a network the page shows what waits and takes presses, and each is recorded once', async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Secret tunnel', 'Any');
  await act(streamer, 'Start');
  const viewer = await person(phone);
  await openWithWorker(viewer, code);
  await server.stop();
  await pressClip(viewer, { note: 'at the entrance', name: 'Ann' });
  await expect(unsent(viewer)).toContainText(/at the entrance.*waiting/i);

  const again = await reopen(viewer, `/s/${code}?x=1#y`);
  await expect(offline(again)).toBeVisible();
  await expect(again.getByText(`Session ${code}`)).toBeVisible();
  await expect(unsent(again)).toHaveText([/^\d\d:\d\d:\d\d\s*at the entrance\s*Waiting to be sent$/]);
  await expect(again.getByLabel('Your name')).toHaveValue('Ann');
  await pressClip(again, { note: 'inside' });
  await expect(again.getByText(/^Kept at \d\d:\d\d:\d\d$/)).toBeVisible();
  await expect(unsent(again)).toHaveCount(2);
  await again.getByLabel('What happened?').fill('half a no');
  // Nothing of a session is in a cache.
  expect(await again.evaluate(() => caches.keys())).toEqual([]);

  await server.start();
  await expect(again.getByRole('heading', { name: 'Secret tunnel' })).toBeVisible();
  expect(again.url()).toBe(`${server.url}/s/${code}?x=1#y`);
  await expect(again.getByLabel('What happened?')).toHaveValue('half a no');
  for (const page of [again, streamer]) {
    for (const note of ['at the entrance', 'inside']) {
      await expect(rows(page).filter({ hasText: note })).toContainText(['Ann']);
    }
    await expect(rows(page)).toHaveCount(2);
  }
  await expect(unsent(again)).toHaveCount(0);
});

test('a press that waits shows its label, with a page and without', async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Slips', 'Any');
  await act(streamer, 'Start');
  const viewer = await person(phone);
  await openWithWorker(viewer, code);
  await server.stop();
  await viewer.getByRole('button', { name: 'wow' }).click();
  await viewer.getByRole('button', { name: 'funny' }).click();
  await expect(unsent(viewer).locator('.label')).toHaveText(['wow', 'funny']);
  await expect(unsent(viewer)).toContainText([/wow.*Waiting/, /funny.*Waiting/]);
  // The server may have it without an answer: it can't be taken back here.
  await expect(unsent(viewer).getByRole('button')).toHaveCount(0);

  const again = await reopen(viewer, `/s/${code}`);
  await expect(offline(again)).toBeVisible();
  await expect(unsent(again)).toContainText(['With a label', 'With a label']);

  await server.start();
  await expect(again.getByRole('heading', { name: 'Slips' })).toBeVisible();
  for (const page of [again, streamer]) await expect(rows(page)).toHaveCount(2);
  await expect(unsent(again)).toHaveCount(0);
});

test('whatever is typed without a network arrives, or is refused at once', async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Odd notes', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await openWithWorker(viewer, code);
  await server.stop();
  await viewer.goto(`/s/${code}`);
  await expect(offline(viewer)).toBeVisible();

  await pressClip(viewer, { note: 'x'.repeat(101) });
  await expect(viewer.getByText('This note has 101 characters; at most 100 fit.')).toBeVisible();
  await expect(viewer.getByText('1 too many')).toBeVisible();
  await expect(unsent(viewer)).toHaveCount(0);
  const notes = ['x'.repeat(100), '👍'.repeat(100), '\u200b', '\u3164', '\u2800 \u0301', 'שלום', '<b>"&', '   '];
  for (const [nth, note] of notes.entries()) {
    // Without a note, a second press at once is part of the first.
    await viewer.waitForTimeout(600);
    await pressClip(viewer, { note });
    await expect(unsent(viewer)).toHaveCount(nth + 1);
  }
  // A double click is one press.
  await viewer.waitForTimeout(600);
  await clickTwice(viewer.getByRole('button', { name: /^clip that/i }));
  await expect(unsent(viewer)).toHaveCount(notes.length + 1);
  // And so is Enter, however long it is held.
  await viewer.getByLabel('What happened?').fill('held');
  await viewer.getByLabel('What happened?').focus();
  await viewer.keyboard.down('Enter');
  await expect(unsent(viewer)).toHaveCount(notes.length + 2);
  await viewer.waitForTimeout(600);
  for (let n = 0; n < 20; n += 1) await viewer.keyboard.down('Enter');
  await viewer.keyboard.up('Enter');
  await expect(unsent(viewer)).toHaveCount(notes.length + 2);
  // Half a character, as a program may have left it.
  await viewer.getByLabel('What happened?').evaluate((field: HTMLInputElement) => void (field.value = `half ${String.fromCharCode(0xd83d)}`));
  await viewer.getByRole('button', { name: /^clip that/i }).click();
  await expect(unsent(viewer)).toHaveCount(notes.length + 3);

  await server.start();
  await expect(rows(streamer)).toHaveCount(notes.length + 3);
  for (const note of ['x'.repeat(100), '👍'.repeat(100), 'שלום', '<b>"&', 'half \ufffd']) {
    await expect(rows(streamer).filter({ hasText: note })).toHaveCount(1);
  }
});

test('a name that was cleared stays cleared, without a network and after it', async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'No name', 'Any');
  await act(streamer, 'Start');
  const viewer = await person();
  await openWithWorker(viewer, code);
  const name = viewer.getByLabel('Your name');
  await pressClip(viewer, { note: 'by Ann', name: 'Ann' });
  await expect(rows(streamer)).toContainText(['Ann']);
  // Before any press without it.
  await name.fill('');
  await viewer.reload();
  await appRuns(viewer);
  await expect(name).toHaveValue('');

  await name.fill('Ann');
  await server.stop();
  await viewer.goto(`/s/${code}`);
  await expect(offline(viewer)).toBeVisible();
  await expect(name).toHaveValue('Ann');
  await pressClip(viewer, { note: 'by nobody', name: '' });
  await expect(unsent(viewer)).toContainText(['by nobody']);
  await viewer.reload();
  await expect(offline(viewer)).toBeVisible();
  await expect(name).toHaveValue('');
  // In another tab too, which knows only the last name.
  const other = await viewer.context().newPage();
  await other.goto(`/s/${code}`);
  await expect(offline(other)).toBeVisible();
  await expect(other.getByLabel('Your name')).toHaveValue('');
  await other.close();

  await server.start();
  await expect(viewer.getByRole('heading', { name: 'No name' })).toBeVisible();
  await appRuns(viewer);
  const row = rows(streamer).filter({ hasText: 'by nobody' });
  await expect(row).toHaveCount(1);
  await expect(row).not.toContainText('Ann');
  await expect(name).toHaveValue('');
});

test('a clock that is wrong makes no press late, and each has the time that the device shows', async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Fast clock', 'Any');
  await act(streamer, 'Start');
  const viewer = await person(phone);
  await viewer.context().addInitScript(() => {
    const Right = Date;
    const hour = 3_600_000;
    window.Date = class extends Right {
      constructor(...given: unknown[]) {
        super(...((given.length > 0 ? given : [Right.now() + hour]) as [number]));
      }
      static override now() {
        return Right.now() + hour;
      }
    } as DateConstructor;
  });
  await openWithWorker(viewer, code);
  // Answered: the page knows the server's time.
  await pressClip(viewer, { note: 'before' });
  await expect(rows(streamer)).toHaveCount(1);
  await server.stop();
  await pressClip(viewer, { note: 'by the app' });
  await expect(unsent(viewer)).toContainText(/by the app.*waiting/i);

  const again = await reopen(viewer, `/s/${code}`);
  await expect(offline(again)).toBeVisible();
  await pressClip(again, { note: 'by the page' });
  await expect(unsent(again)).toContainText([/by the app\s*Waiting to be sent$/, /by the page\s*Waiting to be sent$/]);
  const secondsOff = await again.evaluate(() => {
    const now = new Date();
    const shown = [...document.querySelectorAll('.timestamp__offset')].map((time) => (time.textContent ?? '').split(':').map(Number));
    return shown.map(([hours, minutes, seconds]) => {
      const off = ((now.getHours() - hours) * 60 + now.getMinutes() - minutes) * 60 + now.getSeconds() - seconds;
      return (off + 86_400) % 86_400;
    });
  });
  expect(secondsOff).toHaveLength(2);
  for (const off of secondsOff) expect(off).toBeLessThan(600);

  await server.start();
  await expect(again.getByRole('heading', { name: 'Fast clock' })).toBeVisible();
  await expect(rows(streamer)).toHaveCount(3);
});

test('the page without a network forgets what another tab erases', async ({ person, server }) => {
  const code = await openSession(await person(), 'Erased', 'Any');
  const viewer = await person();
  await openWithWorker(viewer, code);
  await server.stop();
  await viewer.goto(`/s/${code}`);
  await expect(offline(viewer)).toBeVisible();
  await viewer.getByLabel('Your name').fill('Victor');
  await viewer.getByLabel('What happened?').fill('half a no');
  const other = await viewer.context().newPage();
  await other.goto(`/s/${code}`);
  await expect(offline(other)).toBeVisible();
  // As the app does it.
  await other.evaluate(() => {
    localStorage.clear();
    localStorage.setItem('forgotten', '');
    localStorage.removeItem('forgotten');
  });
  const areEmpty = async () => {
    for (const field of ['Your name', 'What happened?']) await expect(viewer.getByLabel(field)).toHaveValue('');
  };
  await areEmpty();
  expect(await viewer.evaluate(() => Object.keys(sessionStorage))).toEqual(['forgotten']);
  await server.start();
  await expect(viewer.getByRole('heading', { name: 'Erased' })).toBeVisible();
  await appRuns(viewer);
  await areEmpty();
});

test('only the viewers’ page itself is ever answered by the worker', async ({ person, server }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Alone', 'Any');
  // The streamer's browser has the worker too.
  await openWithWorker(streamer, code);
  await streamer.goto(`/s/${code}/control`);
  await expect(streamer.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  await server.stop();
  for (const below of ['/control', '/mod', '/mine', '/control?dock', '/snapshot', '/export/text', '/qr.svg', '/', '/x']) {
    expect(await comes(streamer, `/s/${code}${below}`), below).toBe(false);
  }
  for (const address of ['/', '/privacy', `/s?code=${code}`, '/s/', `/s/${code}0`, `/s/${code.slice(1)}`, `/s/%30${code.slice(1)}`, '/s/ILOU00']) {
    expect(await comes(streamer, address), address).toBe(false);
  }
  // In a page of its own: the browser may still be showing the last error in the other one.
  const page = await streamer.context().newPage();
  await page.goto(`/s/${code}?pressed=x`);
  await expect(offline(page)).toBeVisible();
  const asked = await page.evaluate(() => fetch(location.pathname).then(() => 'answered', () => 'no answer'));
  expect(asked).toBe('no answer');
});

test('a network that never answers is as good as none, and an error of the server is the server’s word', async ({ person, server }) => {
  const code = await openSession(await person(), 'Silence', 'Any');
  const viewer = await person();
  await openWithWorker(viewer, code);
  await server.stop();
  const busy = createHttpServer((_, answer) => answer.writeHead(503).end('too busy'));
  await inPlaceOf(server, busy, async () => {
    await viewer.goto(`/s/${code}`);
    await expect(viewer.getByText('too busy')).toBeVisible();
  });
  let heads = 0;
  const silent = createHttpServer((request) => void (heads += Number(request.method === 'HEAD')));
  await inPlaceOf(server, silent, async () => {
    await viewer.goto(`/s/${code}`);
    await expect(offline(viewer)).toBeVisible();
    await expect.poll(() => heads).toBeGreaterThan(0);
    const before = heads;
    await viewer.getByRole('button', { name: 'Try now' }).click();
    // Sooner than it gives up the attempt that hangs.
    await expect.poll(() => heads, { timeout: 20_000 }).toBeGreaterThan(before);
  });
  // While a proxy says that the server is down, the page stays.
  const asked: string[] = [];
  const proxy = createHttpServer((request, answer) => {
    if (request.url === `/s/${code}`) asked.push(`${request.method}`);
    answer.writeHead(502).end();
  });
  await inPlaceOf(server, proxy, async () => {
    await expect.poll(() => asked.length).toBeGreaterThan(1);
    await expect(offline(viewer)).toBeVisible();
  });
  expect(new Set(asked)).toEqual(new Set(['HEAD']));
  await server.start();
  await viewer.getByRole('button', { name: 'Try now' }).click();
  await expect(viewer.getByRole('heading', { name: 'Silence' })).toBeVisible();
});

test('a new build replaces the worker, and an operator can have it removed', async ({ person, server }) => {
  const code = await openSession(await person(), 'Builds', 'Any');
  const viewer = await person();
  await openWithWorker(viewer, code);
  const heading = () => viewer.locator('h1').evaluate((h1) => getComputedStyle(h1, '::after').content);
  const folder = anotherBuild();
  await server.stop();
  await viewer.goto(`/s/${code}`);
  await expect(offline(viewer)).toBeVisible();
  expect(await heading()).toBe('none');
  // It would go to the real page by itself, at the same time.
  await viewer.goto('about:blank');
  await server.start({ site: folder });
  await viewer.goto(`/s/${code}`);
  // Browsers look for a new worker after each visit, each at its own time: this one is asked to do it now.
  await expect(async () => {
    const isNewest = await viewer.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      return !registration.installing && !registration.waiting;
    });
    expect(isNewest).toBe(true);
  }).toPass();
  await server.stop();
  await viewer.goto(`/s/${code}`);
  await expect(offline(viewer)).toBeVisible();
  expect(await heading()).toContain('of another build');

  await viewer.goto('about:blank');
  await server.start({ flags: ['--offline-page', 'false'] });
  await viewer.goto(`/s/${code}`);
  const workers = () => viewer.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length));
  await expect.poll(workers).toBe(0);
  await server.stop();
  expect(await comes(viewer, `/s/${code}`)).toBe(false);
  removeFolder(folder);
});

test('nothing keeps a browser from installing a session’s pages', async ({ server }) => {
  // Contexts without a profile can't install anything.
  const profile = await Profile.open(server.url, {});
  const page = await profile.context.newPage();
  const code = await openSession(page, 'Installed', 'Any');
  for (const below of ['', '/mod', '/control']) {
    await page.goto(`/s/${code}${below}`);
    const devtools = await profile.context.newCDPSession(page);
    await expect(async () => {
      const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
      expect(installabilityErrors, below).toEqual([]);
    }).toPass();
  }
  await profile.close();
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`the page without a network has no accessibility violation in the ${colorScheme} theme`, async ({ person, server }) => {
    const streamer = await person();
    const code = await openSession(streamer, 'Accessible', 'Any');
    const viewer = await person({ colorScheme, ...phone });
    await openWithWorker(viewer, code);
    await server.stop();
    await viewer.goto(`/s/${code}`);
    for (const note of ['', 'seen']) {
      const { violations } = await new AxeBuilder({ page: viewer }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      await pressClip(viewer, { note });
    }
  });
}
