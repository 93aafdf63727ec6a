// How the browser tests run: every test has a server and a database of its own, in both databases.
import { defineConfig, devices } from '@playwright/test';
import { existsSync } from 'node:fs';
import type { StageOptions } from './stage/stage';

const chromium = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (!chromium) throw new Error('Chromium is missing: run scripts/setup.sh test');

export default defineConfig<StageOptions>({
  testDir: './tests',
  outputDir: './results',
  // A flaky test gets a cure, never a retry.
  retries: 0,
  workers: 2,
  fullyParallel: true,
  timeout: 60_000,
  expect: { timeout: 5_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
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
    { name: 'sqlite', use: { database: 'sqlite' } },
    { name: 'postgres', use: { database: 'postgres' } },
  ],
});
