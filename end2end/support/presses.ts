// Presses that reach the server without a page: from as many browsers as a crowd has.
import { randomUUID } from 'node:crypto';

export type Press = {
  /** How long ago it was made, in milliseconds: as if it had waited in the browser until now. At most 15 minutes. */
  waited: number;
  note?: string | null;
  name?: string;
  /** The number of its label: a new session offers those from 1 to 5. */
  label?: number;
  /** The cookie of its browser; without one, it comes from a browser that nobody has seen before. */
  cookie?: string;
  /** The address that a proxy reports for its browser. */
  address?: string;
};

/** Sends a press, and expects it to be saved. */
export async function sendPress(server: string, code: string, { waited, note = null, name, label, cookie, address }: Press): Promise<void> {
  const answer = await fetch(`${server}/rpc/submit`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(cookie && { cookie: `visitor=${cookie}` }),
      ...(address && { 'x-forwarded-for': address }),
    },
    body: JSON.stringify({ code, press: { id: pressId(), note, name, label, waited_ms: Math.max(0, Math.round(waited)) } }),
  });
  if (!answer.ok) throw new Error(`A press was not saved: ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** A UUIDv7, as browsers make for their presses. */
function pressId(): string {
  const uuid = randomUUID();
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${uuid.slice(15)}`;
}
