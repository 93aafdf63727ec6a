// The folders that browsers and servers of a test write into.
import { rmSync } from 'node:fs';

/** Removes a folder. A process that has just ended can leave one behind that still writes there: so it is tried again for 20 s. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
