// How the browser tests run: every test has a server and a database of its own.
import { defineConfig, devices } from '@playwright/test';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { EngineOptions } from './engines/options';
import type { FixtureOptions } from './support/fixtures';

const chromium = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (!chromium) throw new Error('Chromium is missing: run scripts/setup.sh test');
/** Chromium as people have it: with the settings of a profile, with extensions, and with the windows that cost half of a test's time. */
export const wholeChromium = chromium;
// The same engine, and nothing around it.
const shell = '/usr/bin/chromium-headless-shell';

// A core carries a browser with a server, and little more.
const workers = availableParallelism();

export default defineConfig<FixtureOptions & EngineOptions>({
  outputDir: './results',
  // A flaky test gets a cure, never a retry.
  retries: 0,
  workers,
  fullyParallel: true,
  // Tests wait for states. These limits only end what hangs, on the slowest machine too; what is broken throughout ends sooner.
  timeout: 600_000,
  expect: { timeout: 120_000, toPass: { timeout: 120_000 } },
  maxFailures: 5,
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    // A test that fails leaves the words of its page. TRACE=yes records every step too, which costs a fifth of the time.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    // Browsers draw in software here: a badge that breathes on each open page takes most of a core.
    contextOptions: { reducedMotion: 'reduce' },
    // Many tests stand between a page and the network, and Playwright does not see what a worker asks for. `offline.spec.ts`
    // allows it.
    serviceWorkers: 'block',
    launchOptions: {
      executablePath: existsSync(shell) ? shell : chromium,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'sqlite', testDir: './tests', use: { database: 'sqlite' } },
    // The pages can't tell the databases apart, and the store's own tests run on both. What is left to see here goes through
    // what differs: commits that notify other processes, a server that comes back, acts and exports of many rows.
    {
      name: 'postgres',
      testDir: './tests',
      grep: /@postgres/,
      use: { database: 'postgres' },
    },
    // One short stream and the pages' policy, in each engine that people have.
    { name: 'chromium', testDir: './engines', use: { engine: 'chromium' } },
    { name: 'firefox', testDir: './engines', use: { engine: 'firefox' } },
    { name: 'webkit', testDir: './engines', use: { engine: 'webkit' } },
  ],
});
