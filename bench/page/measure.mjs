// B8: the viewer's and the moderators' page in Chromium, with a slow processor and a slow network; and their weight beside
// an almost empty Leptos app that was built in the same run. scripts/bench-page.sh runs it.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const require = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = require('@playwright/test');

const [target, empty] = process.argv.slice(2);
const site = join(target, 'site');
const PAIRS = Number(process.env.PAIRS ?? 5);
const LONG = Number(process.env.ROWS ?? 100_000);
const PORT = 3999;
/** What arrives while script is measured: so many rows at once, so often, each time followed by a pause. */
const BURST = { rows: 30, count: 5, milliseconds: 2_000 };
/// The desk's session: its rows, its moments, and how many presses arrive per second while it is used.
const DESK = { rows: Number(process.env.DESK_ROWS ?? 100_000), moments: 500, pressesPerSecond: 200, seconds: 20 };
const url = `http://127.0.0.1:${PORT}`;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const told = (numbers) =>
  `${median(numbers).toFixed(1)} (${Math.min(...numbers).toFixed(1)} to ${Math.max(...numbers).toFixed(1)})`;
const brotli = (file) =>
  brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
const weigh = (folder, isMeant) =>
  readdirSync(folder)
    .filter((name) => /\.(js|wasm)$/.test(name) && isMeant(name))
    .reduce((sum, name) => sum + brotli(join(folder, name)), 0);

/** What a bundle of the site weighs; the one of the build before lies beside it. */
function weightOf(bundle) {
  const hashes = readFileSync(join(site, 'hash.txt'), 'utf8').match(/[0-9a-f]{16}/g);
  return weigh(join(site, 'pkg'), (name) => name.startsWith(`${bundle}.`) && hashes.some((hash) => name.includes(hash)));
}

/** Calls a server function as this visitor; answers what it returns, and the cookie. */
async function call(name, body, cookie) {
  const answer = await fetch(`${url}/rpc/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(cookie && { cookie }) },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  return { value: await answer.json(), cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? cookie };
}

const press = (code, cookie) =>
  call('submit', { code, press: { id: randomUUID(), note: 'Geralt insulted the Baron', name: 'Ciri' } }, cookie);

/** A running session with so many timestamps. */
async function filled(rows) {
  const { value: opened, cookie } = await call('open_session', { title: 'Witcher 3', game: 'The Witcher 3' });
  await call('act', { code: opened.code, act: { act: 'start', began_minutes_ago: 0 } }, cookie);
  const { cookie: viewer } = await call('role', { code: opened.code });
  let left = rows;
  const worker = async () => {
    while (left-- > 0) await press(opened.code, viewer);
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  return { code: opened.code, cookie };
}

/** A session of half a day, with the rows and moments of the desk. */
async function deskSession() {
  const { value: opened, cookie } = await call('open_session', { title: 'Witcher 3', game: 'The Witcher 3' });
  await call('act', { code: opened.code, act: { act: 'start', began_minutes_ago: 720 } }, cookie);
  const filling = ['--code', opened.code, '--rows', DESK.rows, '--moments', DESK.moments].map(String);
  execFileSync(join(target, 'release/bench'), ['fill-desk', '--file', database, ...filling], { stdio: 'inherit' });
  return { code: opened.code, cookie };
}

/** Opens a page as a slow phone would, and reads when it could be used. */
async function open(browser, session, path, viewport = { width: 390, height: 844 }) {
  const context = await browser.newContext({ viewport });
  const [name, value] = session.cookie.split('=');
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await cdp.send('Network.enable');
  // "Slow 4G": 1.6 Mbit/s down, 150 ms there and back.
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750,
  });
  await page.goto(`${url}/s/${session.code}${path}`, { waitUntil: 'commit' });
  const list = page.locator(path === '/mod' ? '[data-row], .watch-row, .timestamp' : '.timestamp').first();
  await list.waitFor();
  // The live stream is opened by the running app: from then on the button is more than a form.
  await page.waitForResponse((answer) => answer.url().includes('/live'), { timeout: 60_000 });
  const times = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation');
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    const live = performance.getEntriesByType('resource').find((entry) => entry.name.includes('/live'));
    return { firstByte: navigation.responseStart, firstPaint: paint?.startTime ?? NaN, usable: live?.startTime ?? performance.now() };
  });
  return { context, page, cdp, times };
}

/** Milliseconds of script while as many timestamps arrive as the figures to reach name, and in how many frames they came. */
async function scripting({ page, cdp }, session) {
  await cdp.send('Performance.enable');
  const read = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find((metric) => metric.name === 'ScriptDuration').value * 1000;
  };
  let frames = 0;
  cdp.on('Network.eventSourceMessageReceived', ({ eventName }) => (frames += Number(eventName === 'message' || eventName === '')));
  await page.waitForTimeout(1_000);
  const quiet = await read();
  await page.waitForTimeout(BURST.milliseconds);
  const idle = (await read()) - quiet;
  const bursts = [];
  for (let burst = 0; burst < BURST.count; burst += 1) {
    const [before, framesBefore] = [await read(), frames];
    await Promise.all(Array.from({ length: BURST.rows }, () => press(session.code, session.cookie)));
    await page.waitForTimeout(BURST.milliseconds);
    bursts.push({ script: (await read()) - before - idle, frames: frames - framesBefore });
  }
  return bursts;
}

/** How far things moved by themselves since the page began, as browsers reckon it: https://web.dev/articles/cls */
const shift = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        const see = (list) => list.getEntries().forEach((entry) => (sum += entry.hadRecentInput ? 0 : entry.value));
        new PerformanceObserver(see).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 500);
      }),
  );

/** Milliseconds from a press to the next paint, as browsers reckon it: https://web.dev/articles/inp */
async function interaction(page) {
  await page.evaluate(() => {
    window.slowest = 0;
    const see = (list) => list.getEntries().forEach(({ duration }) => (window.slowest = Math.max(window.slowest, duration)));
    new PerformanceObserver(see).observe({ type: 'event', durationThreshold: 16 });
  });
  // As a hand does it: `click` would search the slow page for what it hits, while it is hit.
  const button = page.getByRole('button', { name: /^Clip that/ });
  await button.scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  const { x, y, width, height } = await button.boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
  await page.waitForTimeout(1_000);
  return page.evaluate(() => window.slowest);
}

/** Uses the desk by keys and pointer while presses arrive; returns what that took, in milliseconds, and the layout shift. */
async function useDesk(browser, session) {
  const { context, page, cdp } = await open(browser, session, '/mod', { width: 1280, height: 800 });
  await page.locator('.moment').first().waitFor();
  await page.waitForTimeout(3_000);
  await cdp.send('Performance.enable');
  await page.evaluate(() => {
    window.slow = [];
    const see = (list) => list.getEntries().forEach(({ name, duration }) => window.slow.push([name, duration]));
    new PerformanceObserver(see).observe({ type: 'event', durationThreshold: 16 });
  });
  const script = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find((metric) => metric.name === 'ScriptDuration').value * 1000;
  };
  let frames = 0;
  cdp.on('Network.eventSourceMessageReceived', ({ eventName }) => (frames += Number(eventName === 'message' || eventName === '')));
  const viewers = await Promise.all(Array.from({ length: 20 }, async () => (await call('role', { code: session.code })).cookie));
  const before = { shift: await shift(page), script: await script() };
  let sent = 0;
  const pressing = setInterval(() => {
    for (let due = 0; due < DESK.pressesPerSecond / 20; due += 1) {
      void press(session.code, viewers[sent % viewers.length]);
      sent += 1;
    }
  }, 50);
  // Half of the time nobody touches it: what its script takes then is that of the frames alone.
  await page.waitForTimeout((DESK.seconds / 2) * 1_000);
  const alone = { script: (await script()) - before.script, frames, shift: (await shift(page)) - before.shift };
  const ends = Date.now() + (DESK.seconds / 2) * 1_000;
  const keys = ['j', 'j', 'k', 'x', 'x', 'g', 'l', 'j', 'j', 'g', 'm'];
  for (let turn = 0; Date.now() < ends; turn += 1) {
    await page.keyboard.press(keys[turn % keys.length]);
    await page.waitForTimeout(250);
    if (turn % keys.length === 0) {
      const moment = page.locator('.moment').nth(2 + (turn % 3));
      const { x, y } = await moment.boundingBox();
      await page.mouse.click(x + 20, y + 10);
      await page.waitForTimeout(250);
    }
  }
  clearInterval(pressing);
  const slow = await page.evaluate(() => window.slow);
  await context.close();
  return { slow, alone, sent };
}

const chrome = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'clips-page-'));
const database = join(folder, 'clips.sqlite');
const server = spawn(
  join(target, 'release/server'),
  ['--listen', `127.0.0.1:${PORT}`, '--database-url', `sqlite://${database}`, '--site', site],
  { stdio: 'inherit', env: { ...process.env, RUST_LOG: 'warn', LIMITS: 'false' } },
);
try {
  for (let tries = 0; ; tries += 1) {
    if ((await fetch(`${url}/ready`).catch(() => undefined))?.ok) break;
    if (tries > 200) throw new Error('the server is not ready');
    await new Promise((next) => setTimeout(next, 50));
  }
  const theirs = weigh(empty, () => true);
  for (const [page, bundle] of [["the viewers' page", 'viewer'], ['the staff’s pages', 'desk'], ['what they load later', 'desk-later'], ['the first page', 'start']]) {
    const ours = weightOf(bundle);
    console.log(`${page}: WASM + JS, brotli: ${ours} bytes; an almost empty Leptos app: ${theirs}; ${(ours / theirs).toFixed(2)}x`);
  }
  const short = await filled(1_000);
  const long = await filled(LONG);
  const browser = await chromium.launch({
    executablePath: chrome,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  for (const path of ['', '/mod']) {
    const runs = { short: [], long: [] };
    const scripts = { short: [], long: [] };
    const shifts = { short: [], long: [] };
    const presses = { short: [], long: [] };
    for (let pair = 0; pair < PAIRS; pair += 1) {
      for (const [size, session] of [['short', short], ['long', long]]) {
        const opened = await open(browser, session, path);
        runs[size].push(opened.times);
        scripts[size].push(await scripting(opened, session));
        shifts[size].push(await shift(opened.page));
        presses[size].push(await interaction(opened.page));
        await opened.context.close();
      }
    }
    console.log(`\n${path === '' ? "the viewers' page" : "the moderators' page"}, ms, median (range) of ${PAIRS}; load ${loadavg()[0].toFixed(1)}`);
    for (const what of ['firstByte', 'firstPaint', 'usable']) {
      const of = (size) => runs[size].map((times) => times[what]);
      console.log(`  ${what.padEnd(10)} 1,000 rows ${told(of('short'))}; ${LONG} rows ${told(of('long'))}; ${(median(of('long')) / median(of('short'))).toFixed(2)}x`);
    }
    for (const [size, rows] of [['short', '1,000'], ['long', String(LONG)]]) {
      const of = (what) => told(scripts[size].flat().map((burst) => burst[what]));
      console.log(`  script for ${BURST.rows} more rows, list of ${rows}: ${of('script')}, in ${of('frames')} frames`);
      console.log(`  list of ${rows}: from a press to the next paint ${told(presses[size])}; layout shift ${Math.max(...shifts[size]).toFixed(4)} at most`);
    }
  }
  const desk = await deskSession();
  for (let run = 0; run < Math.min(PAIRS, 2); run += 1) {
    const { slow, alone, sent } = await useDesk(browser, desk);
    const durations = slow.map(([, duration]) => duration).sort((a, b) => a - b);
    const at = (share) => durations[Math.min(durations.length - 1, Math.floor(durations.length * share))] ?? 0;
    console.log(`\nthe desk, ${DESK.rows} rows, ${DESK.moments} moments, ${(sent / DESK.seconds).toFixed(0)} presses/s; load ${loadavg()[0].toFixed(1)}`);
    console.log(`  interactions to the next paint, ms: median ${at(0.5)}, p98 ${at(0.98)}, of ${durations.length} events that took 16 ms or more`);
    console.log(`  script a frame, ms: ${(alone.script / Math.max(alone.frames, 1)).toFixed(1)}, of ${alone.frames} frames; layout shift while nobody touched it: ${alone.shift.toFixed(4)}`);
  }
  await browser.close();
} finally {
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
