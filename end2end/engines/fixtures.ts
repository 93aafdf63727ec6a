// The fixtures of an engine's test: a server behind a gateway, and people with tabs of their own.
import { test as base, expect } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { Gateway } from '../support/gateway';
import { Server } from '../support/server';
import type { EngineOptions } from './options';
import { start as startPuppeteer } from './puppeteer';
import type { Engine, Lack, Tab } from './tab';
import { start as startWebKit } from './webkit';

type Person = (name: string, lack?: Lack) => Promise<Tab>;
type Fixtures = { gateway: Gateway; server: Server; driven: (lack?: Lack) => Promise<Engine>; person: Person };

const ENGINES: Record<EngineOptions['engine'], (lack?: Lack) => Promise<Engine>> = {
  chromium: (lack) => startPuppeteer('chrome', lack),
  firefox: (lack) => startPuppeteer('firefox', lack),
  webkit: (lack) => startWebKit(lack),
};

export const test = base.extend<EngineOptions & Fixtures>({
  engine: ['chromium', { option: true }],

  gateway: async ({}, use) => {
    const gateway = await Gateway.listen();
    await use(gateway);
    await gateway.close();
  },

  server: async ({ gateway }, use) => {
    const server = await Server.start('sqlite', ['--public-url', gateway.url]);
    gateway.standBefore(server.url);
    await use(server);
    await server.remove();
    expect(server.panics()).toEqual([]);
  },

  // One browser for all that lack the same.
  driven: async ({ engine }, use) => {
    const running = new Map<Lack | undefined, Engine>();
    await use(async (lack) => {
      const driven = running.get(lack) ?? (await ENGINES[engine](lack));
      running.set(lack, driven);
      return driven;
    });
    for (const driven of running.values()) await driven.close();
  },

  person: async ({ driven, server }, use, info) => {
    const tabs = new Map<string, Tab>();
    await use(async (name, lack) => {
      const tab = await (await driven(lack)).open();
      tabs.set(name, tab);
      return tab;
    });
    if (info.status === info.expectedStatus) return;
    for (const [name, tab] of tabs) {
      const path = info.outputPath(`${name}.png`);
      await writeFile(path, await tab.picture());
      info.attachments.push({ name, path, contentType: 'image/png' });
    }
  },
});

export { expect };
