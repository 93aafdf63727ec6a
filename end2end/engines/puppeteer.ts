// Firefox and Chromium, driven over WebDriver BiDi: no program stands between.
import { existsSync } from 'node:fs';
import puppeteer, { type ElementHandle } from 'puppeteer-core';
import { PATIENCE, type Engine, type Tab } from './tab';

const PROGRAMS = {
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
  chrome: ['/usr/bin/chromium', '/usr/bin/google-chrome'],
};

const FLAGS = { firefox: [], chrome: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'] };

export async function start(browser: keyof typeof PROGRAMS): Promise<Engine> {
  const executablePath = PROGRAMS[browser].find((path) => existsSync(path));
  if (!executablePath) throw new Error(`${browser} is missing: run scripts/setup.sh test`);
  const running = await puppeteer.launch({
    browser,
    executablePath,
    protocol: 'webDriverBiDi',
    args: FLAGS[browser],
    timeout: PATIENCE,
    protocolTimeout: PATIENCE,
  });
  return {
    async open(): Promise<Tab> {
      const page = await (await running.createBrowserContext()).newPage();
      page.setDefaultTimeout(PATIENCE);
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
    close: () => running.close(),
  };
}
