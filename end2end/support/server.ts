// The true server on a free port with a database of its own. It can be stopped and started again.
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { removeFolder } from './folder';

export type Database = 'sqlite' | 'postgres';

/** How long a server may take until it is ready, in milliseconds, on the slowest machine too. */
const READY = 120_000;

export const target = resolve(__dirname, '../..', process.env.CARGO_TARGET_DIR ?? 'target');

export class Server {
  readonly url: string;
  private process?: ChildProcess;
  private log = '';
  private readonly others: Server[] = [];

  private constructor(
    readonly port: number,
    private readonly databaseUrl: string,
    private readonly removeDatabase: () => void,
    private readonly flags: readonly string[],
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Limits are off unless the flags set some: people in tests press faster than people do. */
  static async start(database: Database, flags: readonly string[] = []): Promise<Server> {
    const { url, remove } = database === 'sqlite' ? sqlite() : postgres();
    const server = new Server(await freePort(), url, remove, flags);
    await server.start();
    return server;
  }

  /** Starts it again, with another site or with further flags if there are some. */
  async start({ site = join(target, 'site'), flags = [] }: { site?: string; flags?: string[] } = {}): Promise<void> {
    const child = spawn(
      join(target, 'debug/server'),
      ['--listen', `127.0.0.1:${this.port}`, '--database-url', this.databaseUrl, '--site', site, ...this.flags, ...flags],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { LIMITS: 'false', ...process.env } },
    );
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => (this.log += text.toString()));
    }
    const deadline = Date.now() + READY;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`The server stopped at once:\n${this.log}`);
      const ready = await fetch(`${this.url}/ready`).catch(() => undefined);
      if (ready?.ok) return;
      await new Promise((next) => setTimeout(next, 50));
    }
    throw new Error(`The server is not ready after ${READY / 1000} s:\n${this.log}`);
  }

  /** Stops it as an operator would; answers how many milliseconds that took. */
  async stop(): Promise<number> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null) return 0;
    const began = Date.now();
    child.kill('SIGTERM');
    await once(child, 'exit');
    return Date.now() - began;
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Starts another process over the same database. It is removed with this one. */
  async startAnother(): Promise<Server> {
    const other = new Server(await freePort(), this.databaseUrl, () => undefined, this.flags);
    this.others.push(other);
    await other.start();
    return other;
  }

  /** The lines of the logs that tell of a panic: a request that panics still gets an answer, which a page may hide. */
  panics(): string[] {
    const own = this.log.split('\n').filter((line) => line.includes('panicked'));
    return [...own, ...this.others.flatMap((other) => other.panics())];
  }

  async remove(): Promise<void> {
    for (const other of this.others) await other.remove();
    await this.stop();
    this.removeDatabase();
  }
}

function sqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'clips-'));
  return {
    url: `sqlite://${join(folder, 'clips.sqlite')}`,
    remove: () => removeFolder(folder),
  };
}

function postgres() {
  const admin = process.env.TEST_POSTGRES_URL;
  if (!admin) throw new Error('Run `make browser-tests`, or set TEST_POSTGRES_URL to a Postgres for tests.');
  const name = `clips_${randomUUID().replaceAll('-', '')}`;
  const sql = (statement: string) => execFileSync('psql', ['-q', '-d', admin, '-c', statement]);
  sql(`CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.toString(), remove: () => void sql(`DROP DATABASE ${name} WITH (FORCE)`) };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  await new Promise((closed) => probe.close(closed));
  return address.port;
}
