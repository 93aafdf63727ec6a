// Fills a session with what viewers write, also at its worst: long words without a space, other directions, emoji.
import { sendPress } from './presses';

const NOTES = [
  'The boss falls',
  'he fell off the bridge again',
  'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung',
  'W'.repeat(100),
  'ما هذا الضحك يا جماعة',
  '😂😂😂😂😂😂😂😂',
  'A note that says what happened, and why it was funny, in about as many words as fit into one hundred',
  'clip it',
];
const NAMES = ['roach_enjoyer', 'Yennefer', 'זולטן', 'N'.repeat(40)];
/** How many presses are on their way at the same time. */
const AT_ONCE = 32;
/** How many seconds the crowds share. */
const SECONDS = 820;
/** The longest that a press waits here, in milliseconds: a little less than it may. */
const LONGEST = 890_000;

/**
 * Presses so often within the last minutes of a session, in so many crowds. The first ones lie almost 14 minutes back. The
 * server has to trust what is in front of it (`--trusted-proxies 127.0.0.1`): a crowd from one network makes no moment.
 */
export async function fillSession(server: string, code: string, { rows, moments }: { rows: number; moments: number }): Promise<void> {
  const began = Date.now() - (SECONDS + 10) * 1_000;
  let next = 0;
  const press = async () => {
    while (next < rows) {
      const nth = next++;
      const crowd = Math.floor((nth / rows) * moments);
      // Crowds differ in size: of some, a part is spread over everything.
      const isStray = (nth * 7) % 13 < crowd % 4;
      const at = isStray ? (SECONDS * ((nth * 7919) % rows)) / rows : ((crowd + 0.5) * SECONDS) / moments + (nth % 3) * 0.5;
      const waited = Math.min(Date.now() - began - at * 1_000, LONGEST);
      const note = nth % 3 ? NOTES[(nth + crowd) % NOTES.length] : null;
      const label = nth % 4 ? undefined : 1 + ((crowd + (nth % 16 ? 0 : 1)) % 5);
      const address = `10.${nth >> 16}.${(nth >> 8) & 255}.${nth & 255}`;
      await sendPress(server, code, { address, waited, note, name: nth % 5 ? undefined : NAMES[(nth / 5) % NAMES.length], label });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, press));
}
