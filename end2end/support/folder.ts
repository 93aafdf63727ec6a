// The folders that browsers and servers of a test write into.
import { rmSync } from 'node:fs';

const ATTEMPTS = 40;
const PAUSE_MILLISECONDS = 500;

/** Removes a folder. A process that has just ended can leave one behind that still writes there: so it is tried again for 20 s. */
export function removeFolder(folder: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Node's own retries take away the folder alone, and not what was written into it meanwhile.
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (failure) {
      if (attempt === ATTEMPTS) throw failure;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MILLISECONDS);
    }
  }
}
