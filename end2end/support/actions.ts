// What people do on the pages, in their own words.
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import { sendPress } from './presses';

/** Waits until the app runs in a page: what is clicked before is a plain form. */
export async function appRuns(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-app', 'runs');
}

/** Opens a session on the start page; the control panel is open afterwards. Answers its code. */
export async function openSession(page: Page, title: string, game: string): Promise<string> {
  await page.goto('/');
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Game').fill(game);
  const opened = /\/s\/[0-9A-Z]{6}\/control$/;
  // A server that is busy for a moment says so, and people try again.
  await expect(async () => {
    if (!opened.test(page.url())) await page.getByRole('button', { name: 'Open the session' }).click();
    await page.waitForURL(opened, { timeout: 20_000 });
  }).toPass();
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  const [, code] = /\/s\/([0-9A-Z]{6})\//.exec(page.url()) ?? [];
  return code;
}

/** Waits until a button counts what is pressed: for half a second after it has changed, it takes nothing. */
export async function takesPresses(button: Locator): Promise<void> {
  await expect(button).not.toHaveAttribute('data-cooling');
  await expect(button).not.toHaveAttribute('aria-busy');
}

/** Presses one of the streamer's buttons; End is confirmed. */
export async function act(page: Page, button: 'Start' | 'Pause' | 'Resume' | 'End' | 'Reopen'): Promise<void> {
  await takesPresses(page.getByRole('button', { name: button, exact: true }));
  await page.getByRole('button', { name: button, exact: true }).click();
  if (button === 'End') await page.getByRole('dialog').getByRole('button', { name: /^End/ }).click();
  await expect(page.getByRole('button', { name: button, exact: true })).toBeHidden();
}

/** Starts the stream of a new session, as one that has been running for so many minutes: then people can mark what happened in them. */
export async function startAgo(page: Page, minutes: number): Promise<void> {
  await page.getByText('Already running?').click();
  await page.getByLabel('Started', { exact: true }).fill(String(minutes));
  await act(page, 'Start');
}

/** Opens a tab of the desk; in a narrow window they are in the pane "More". Answers what the tab shows. */
export async function openTab(page: Page, name: string): Promise<Locator> {
  await appRuns(page);
  const more = page.getByRole('tab', { name: 'More', exact: true });
  if (await more.isVisible()) await more.click();
  await page.getByRole('tab', { name, exact: true }).click();
  return page.getByRole('tabpanel', { name, exact: true });
}

/** Presses "Clip that!" with what was typed. */
export async function pressClip(page: Page, { note, name }: { note?: string; name?: string }): Promise<void> {
  if (name !== undefined) await page.getByLabel('Your name').fill(name);
  if (note !== undefined) await page.getByLabel('What happened?').fill(note);
  await page.getByRole('button', { name: /^clip that/i }).click();
}

/**
 * Clicks a button twice, as a double click does. It happens within the page: a busy machine can take longer than people from one
 * click of its mouse to the next.
 */
export async function clickTwice(button: Locator): Promise<void> {
  await button.evaluate(async (button: HTMLElement) => {
    button.click();
    await new Promise((next) => setTimeout(next, 100));
    button.click();
  });
}

/** The rows of the list. */
export function rows(page: Page): Locator {
  return page.locator('.timestamps > .timestamp');
}

/**
 * Ticks the box of a row or a moment in a list of the staff, which may draw it again: `check` would look at the box that was
 * there before, and fail.
 */
export async function tick(item: Locator): Promise<void> {
  const box = item.getByRole('checkbox');
  await expect(async () => {
    // One that is drawn again between pointer down and up takes the click with it.
    if (!(await box.isChecked())) await box.click();
    await expect(box).toBeChecked({ timeout: 1_000 });
  }).toPass();
}

/** The presses that are not saved yet. */
export function unsent(page: Page): Locator {
  return page.locator('.unsent > .timestamp');
}

/** Mints a moderator link on the control panel. Answers its address. */
export async function mintModeratorLink(page: Page, label: string): Promise<string> {
  await openTab(page, 'Links');
  await page.getByLabel('For whom?').fill(label);
  await page.getByRole('button', { name: 'Make a link' }).click();
  const card = page.getByRole('region', { name: /send this link/i });
  await card.getByRole('button', { name: 'Show' }).click();
  await expect(card.getByLabel('Moderator link')).toHaveText(/#mod_/);
  const link = await card.getByLabel('Moderator link').innerText();
  await card.getByRole('button', { name: 'I sent it' }).click();
  return link;
}

/** Waits until a page has drawn what it knows, and has moved the focus on. */
export async function nextFrame(page: Page): Promise<void> {
  // What is done in a frame may leave something for the next one.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** What waits until it is let go. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** Keeps calls of this name waiting until they are let go, and counts them. */
export async function holdCalls(page: Page, name: string) {
  const { open, opened } = gate();
  const held = { calls: 0, open };
  await page.route(`**/rpc/${name}`, async (route) => {
    held.calls += 1;
    await opened;
    await route.continue();
  });
  return held;
}

/** Downloads an export by the words of its link. */
export async function download(page: Page, words: string): Promise<{ name: string; body: string }> {
  await openTab(page, 'Export');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: words, exact: true }).click(),
  ]);
  return { name: file.suggestedFilename(), body: readFileSync(await file.path(), 'utf8') };
}

/** Makes presses with the notes "note 1", "note 2", …, in this order and faster than anybody can press. */
export async function pressMany(page: Page, code: string, count: number, from = 1): Promise<void> {
  await page.evaluate(
    async ([code, from, count]) => {
      const id = () => {
        const uuid = crypto.randomUUID();
        const time = Date.now().toString(16).padStart(12, '0');
        return `${time.slice(0, 8)}-${time.slice(8)}-7${uuid.slice(15)}`;
      };
      for (let n = from; n < from + count; n += 1) {
        const press = { id: id(), note: `note ${n}`, name: null, waited_ms: 0 };
        const answer = await fetch('/rpc/submit', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ code, press }),
        });
        if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
      }
    },
    [code, from, count] as const,
  );
}

/** Remembers this instant. Answers a function that answers how many seconds ago it is by then what is so many seconds ago now. */
export function agoFromNow(): (seconds: number) => number {
  const now = Date.now();
  return (seconds) => seconds + (Date.now() - now) / 1_000;
}

/** Lets so many browsers that nobody has seen before mark what happened some seconds ago. */
export async function crowdPresses(
  page: Page,
  code: string,
  { secondsAgo, visitors, note }: { secondsAgo: number; visitors: number; note: string },
): Promise<void> {
  const { origin } = new URL(page.url());
  for (let nth = 0; nth < visitors; nth += 1) await sendPress(origin, code, { note, waited: secondsAgo * 1_000 + nth * 300 });
}
