// A browser with a profile of its own: its settings, and its extensions.
import { chromium, type BrowserContext } from '@playwright/test';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import config, { wholeChromium } from '../playwright.config';
import { removeFolder } from './folder';

/** Lets Chromium keep neither cookies nor storage in a new profile. */
export function blockCookies(folder: string): void {
  mkdirSync(join(folder, 'Default'));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
}

type Extension = { matches: string[]; script: string };

export class Profile {
  private constructor(
    private readonly folder: string,
    readonly context: BrowserContext,
  ) {}

  /** Opens a browser that keeps no cookies and no storage, or one with an extension whose script runs in every page. */
  static async open(url: string, { blocked, extension }: { blocked?: boolean; extension?: Extension }): Promise<Profile> {
    const folder = mkdtempSync(join(tmpdir(), 'clips-profile-'));
    const launch = config.use?.launchOptions;
    const args = [...(launch?.args ?? [])];
    if (blocked) blockCookies(folder);
    if (extension) {
      const unpacked = join(folder, 'extension');
      mkdirSync(unpacked);
      const { matches } = extension;
      const manifest = {
        manifest_version: 3,
        name: 'Foreign',
        version: '1',
        content_scripts: [{ matches, js: ['content.js'], run_at: 'document_start' }],
      };
      writeFileSync(join(unpacked, 'manifest.json'), JSON.stringify(manifest));
      writeFileSync(join(unpacked, 'content.js'), extension.script);
      args.push(`--disable-extensions-except=${unpacked}`, `--load-extension=${unpacked}`);
    }
    const context = await chromium.launchPersistentContext(folder, {
      ...launch,
      executablePath: wholeChromium,
      args,
      ignoreDefaultArgs: ['--disable-extensions'],
      baseURL: url,
      reducedMotion: 'reduce',
    });
    return new Profile(folder, context);
  }

  async close(): Promise<void> {
    await this.context.close();
    removeFolder(this.folder);
  }
}
