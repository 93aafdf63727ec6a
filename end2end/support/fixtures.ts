// The fixtures of a test: a server, and people with browsers of their own.
import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { Server, type Database } from './server';

export type FixtureOptions = { database: Database; flags: string[] };
type Fixtures = { server: Server; person: (options?: BrowserContextOptions) => Promise<Page> };

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export const test = base.extend<FixtureOptions & Fixtures>({
  database: ['sqlite', { option: true }],

  flags: [[], { option: true }],

  // A panic in the server's log fails the test, whatever the pages made of the answer.
  server: async ({ database, flags }, use) => {
    const server = await Server.start(database, flags);
    await use(server);
    await server.remove();
    expect(server.panics()).toEqual([]);
  },

  // Each person has cookies and storage of their own. A fault in a page's script fails the test.
  person: async ({ browser, server }, use) => {
    const faults: string[] = [];
    const contexts: Awaited<ReturnType<Browser['newContext']>>[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL: server.url, ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (fault) => faults.push(fault.message));
      // What the page's policy refuses is a fault of the page.
      page.on('console', (line) => {
        if (/content security policy/i.test(line.text())) faults.push(line.text());
      });
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(faults).toEqual([]);
  },
});

export { expect };
