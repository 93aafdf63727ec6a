// Firefox and Chromium, driven over WebDriver BiDi: no program stands between.
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type ElementHandle } from 'puppeteer-core';
import { removeFolder } from '../support/folder';
import { blockCookies } from '../support/profile';
import { PATIENCE, type Engine, type Lack, type Tab } from './tab';

const PROGRAMS = {
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
  chrome: ['/usr/bin/chromium', '/usr/bin/google-chrome'],
};

const FLAGS = { firefox: [], chrome: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'] };

/** What Firefox is told in order to lack something: https://searchfox.org/mozilla-central/source/modules/libpref */
const LACKS = {
  cookies: { 'network.cookie.cookieBehavior': 2 },
  WebAssembly: { 'javascript.options.wasm': false },
};

export async function start(browser: keyof typeof PROGRAMS, lack?: Lack): Promise<Engine> {
  const executablePath = PROGRAMS[browser].find((path) => existsSync(path));
  if (!executablePath) throw new Error(`${browser} is missing: run scripts/setup.sh test`);
  const folder = mkdtempSync(join(tmpdir(), 'clips-profile-'));
  const isChrome = browser === 'chrome';
  if (isChrome && lack === 'cookies') blockCookies(folder);
  const running = await puppeteer.launch({
    browser,
    executablePath,
    protocol: 'webDriverBiDi',
    userDataDir: folder,
    args: FLAGS[browser],
    extraPrefsFirefox: lack && LACKS[lack],
    timeout: PATIENCE,
    protocolTimeout: PATIENCE,
  });
  return {
    async open(): Promise<Tab> {
      // Chromium knows its profile's settings in the first context alone.
      const context = lack ? running : await running.createBrowserContext();
      // A tab behind another is hidden: it is drawn less and less often, so clicks wait, and it soon gives its stream back.
      const page = await context.newPage({ type: 'window' });
      page.setDefaultTimeout(PATIENCE);
      // Chromium has no switch for it.
      if (isChrome && lack === 'WebAssembly') await page.evaluateOnNewDocument('delete self.WebAssembly');
      const faults: string[] = [];
      // Firefox tells here what a page's policy refuses, too.
      page.on('pageerror', (fault) => faults.push(fault instanceof Error ? fault.message : String(fault)));
      const element = async (expression: string) => {
        const found = (await page.evaluateHandle(expression)).asElement();
        if (!found) throw new Error(`No element: ${expression}`);
        return found as ElementHandle<Element>;
      };
      return {
        faults,
        goto: async (address) => void (await page.goto(address)),
        value: (expression) => page.evaluate(expression),
        click: async (expression) => (await element(expression)).click(),
        type: async (expression, text) => (await element(expression)).type(text),
        picture: async () => Buffer.from(await page.screenshot()),
      };
    },
    close: async () => {
      await running.close();
      removeFolder(folder);
    },
  };
}
