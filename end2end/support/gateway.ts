// What stands between a browser and the server: it can put something into the pages, and hears what their policy refuses.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const POLICY = 'content-security-policy';
const REPORTS = '/refused-by-policy';

export class Gateway {
  /** What comes at the end of every page. */
  injected = '';
  /** Whether live streams come with their head alone, as from a proxy that waits for the end of a body. */
  holdsLive = false;
  /** After how many milliseconds it ends a stream that it holds; never if it is 0. */
  endsHeldAfter = 0;
  /** How many streams it held to their end. */
  ended = 0;
  /** How much of a live stream it waits for before it passes that on, in bytes. */
  liveBlock = 0;
  /** Whether cookies come through. */
  cookies = true;
  /** Whether pages come with their policy. */
  policy = true;
  /** What the policies refused, as the browsers report it: all engines do so, and each in the same words. */
  readonly refused: string[] = [];
  private server = '';

  private constructor(
    private readonly listener: HttpServer,
    readonly url: string,
  ) {}

  static async listen(): Promise<Gateway> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const gateway = new Gateway(listener, `http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
    listener.on('request', (asked, answer) => gateway.pass(asked, answer));
    return gateway;
  }

  /** Says which server it stands before. */
  standBefore(server: string): void {
    this.server = server;
  }

  async close(): Promise<void> {
    this.listener.closeAllConnections();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    if (asked.url === REPORTS) return void this.hear(asked, answer);
    // Plain pages are read and changed more easily.
    const headers: IncomingMessage['headers'] = { ...asked.headers, 'accept-encoding': 'identity' };
    if (!this.cookies) delete headers.cookie;
    const onwards = request(this.server + asked.url, { method: asked.method, headers }, (came) => {
      if (!this.cookies) delete came.headers['set-cookie'];
      const policy = came.headers[POLICY];
      delete came.headers[POLICY];
      if (policy && this.policy) came.headers[POLICY] = `${policy}; report-uri ${REPORTS}`;
      const isPage = came.headers['content-type']?.startsWith('text/html');
      if (isPage) delete came.headers['content-length'];
      answer.writeHead(came.statusCode ?? 502, came.headers);
      const isLive = came.headers['content-type']?.startsWith('text/event-stream');
      if (this.holdsLive && isLive) {
        answer.flushHeaders();
        if (this.endsHeldAfter > 0) setTimeout(() => this.end(answer), this.endsHeldAfter);
        return void came.resume();
      }
      if (isLive) return this.passInBlocks(came, answer);
      // Behind `</html>` it still ends up in the body.
      came.on('end', () => answer.end(isPage ? this.injected : ''));
      came.on('error', () => answer.destroy());
      came.pipe(answer, { end: false });
    });
    onwards.on('error', () => answer.destroy());
    answer.on('close', () => onwards.destroy());
    asked.pipe(onwards);
  }

  private end(held: ServerResponse): void {
    this.ended += 1;
    held.end();
  }

  private passInBlocks(came: IncomingMessage, answer: ServerResponse): void {
    let held: Buffer[] = [];
    answer.flushHeaders();
    came.on('data', (part: Buffer) => {
      held.push(part);
      if (Buffer.concat(held).length < this.liveBlock) return;
      answer.write(Buffer.concat(held));
      held = [];
    });
    came.on('end', () => answer.end(Buffer.concat(held)));
    came.on('error', () => answer.destroy());
  }

  private async hear(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts = await asked.toArray();
    const report = JSON.parse(Buffer.concat(parts).toString())['csp-report'];
    this.refused.push(`${report['effective-directive']}: ${report['blocked-uri']}`);
    answer.writeHead(204).end();
  }
}
