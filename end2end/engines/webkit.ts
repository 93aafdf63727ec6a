// WebKit, the engine of iPhones: GTK's small browser, driven by WebKitWebDriver. It wants a display: `xvfb-run` lends one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { freePort } from '../support/server';
import { PATIENCE, type Engine, type Lack, type Tab } from './tab';

const browser = readdirSync('/usr/lib')
  .map((folder) => `/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`)
  .find((path) => existsSync(path));

/** The key under which WebDriver names an element: https://www.w3.org/TR/webdriver2/#elements */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** A driver has one session, and a session one set of cookies: each tab has both of its own. */
export async function start(lack?: Lack): Promise<Engine> {
  if (!browser) throw new Error('WebKit is missing: run scripts/setup.sh test');
  if (!process.env.DISPLAY) throw new Error('WebKit wants a display: run `make engine-tests`');
  const drivers: Driver[] = [];
  return {
    async open() {
      // JavaScriptCore takes its options from there; newer ones have another name for it.
      const driver = await Driver.start(lack === 'WebAssembly' ? { JSC_useWebAssembly: 'false', JSC_useWasm: 'false' } : {});
      drivers.push(driver);
      return openTab(driver, lack === 'cookies' ? ['--cookies-policy=never'] : []);
    },
    close: async () => void (await Promise.all(drivers.map((driver) => driver.stop()))),
  };
}

async function openTab(driver: Driver, flags: string[]): Promise<Tab> {
  await driver.begin({
    timeouts: { script: PATIENCE, pageLoad: PATIENCE },
    'webkitgtk:browserOptions': { binary: browser, args: ['--automation', ...flags] },
  });
  const run = (expression: string) => driver.ask('POST', '/execute/sync', { script: `return (${expression})`, args: [] });
  const element = async (expression: string) => {
    const found = (await run(expression)) as { [ELEMENT]: string } | null;
    if (!found) throw new Error(`No element: ${expression}`);
    return `/element/${found[ELEMENT]}`;
  };
  return {
    // WebDriver tells nothing of the console.
    faults: [],
    goto: async (url) => void (await driver.ask('POST', '/url', { url })),
    value: run,
    click: async (expression) => {
      // The driver alone would scroll it to the window's edge, where the list's headings stick.
      await run(`${expression}.scrollIntoView({ block: 'center', behavior: 'instant' })`);
      await driver.ask('POST', `${await element(expression)}/click`, {});
    },
    type: async (expression, text) => void (await driver.ask('POST', `${await element(expression)}/value`, { text })),
    picture: async () => Buffer.from((await driver.ask('GET', '/screenshot')) as string, 'base64'),
  };
}

/** A WebKitWebDriver with its session: https://www.w3.org/TR/webdriver2/ */
class Driver {
  private session?: string;

  private constructor(
    private readonly url: string,
    private readonly process: ReturnType<typeof spawn>,
  ) {}

  static async start(variables: Record<string, string>): Promise<Driver> {
    const port = await freePort();
    const env = { ...process.env, ...variables };
    const started = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore', env });
    await once(started, 'spawn');
    return new Driver(`http://127.0.0.1:${port}`, started);
  }

  async begin(alwaysMatch: object): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!(await fetch(`${this.url}/status`).catch(() => undefined))?.ok) {
      if (Date.now() > deadline || this.process.exitCode !== null) throw new Error('WebKitWebDriver does not answer');
      await new Promise((next) => setTimeout(next, 50));
    }
    const answer = await this.send('POST', '/session', { capabilities: { alwaysMatch } });
    this.session = (answer as { sessionId: string }).sessionId;
  }

  ask(method: string, path: string, body?: object): Promise<unknown> {
    return this.send(method, `/session/${this.session}${path}`, body);
  }

  private async send(method: string, path: string, body?: object): Promise<unknown> {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(this.url + path, { method, signal, body: body && JSON.stringify(body) });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  }

  /** Ends the session, and so the browser, before the driver. */
  async stop(): Promise<void> {
    if (this.session) await this.ask('DELETE', '').catch(() => undefined);
    if (this.process.exitCode !== null) return;
    this.process.kill();
    await once(this.process, 'exit');
  }
}
