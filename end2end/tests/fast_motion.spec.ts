// A whole stream in fast motion: a crowd presses through the server while a moderator works, and the server's process is killed.
// `SEED=2 npx playwright test fast_motion` plays another one.
import type { Page } from '@playwright/test';
import { test as base, expect, phone } from '../support/fixtures';
import { appRuns, mintModeratorLink, openSession, startAgo, tick } from '../support/actions';
import { Gateway } from '../support/gateway';
import { NEWCOMER, SeededStream, type PlannedPress, type PlantedEvent } from '../support/seeded_stream';

const seed = Number(process.env.SEED ?? 1);
/** How long before its first press the stream began, at most: presses may wait for 15 minutes. */
const BEGAN_MINUTES_AGO = 13;
/** How far the peak of a moment may be from where most viewers press, in seconds. */
const TOLERANCE = 6;
/** How many moments the viewers' page shows. */
const BEST = 5;
/** How many presses are on their way at the same time. */
const AT_ONCE = 8;

type Shown = { id: string; at: number; viewers: number; words: string };

// A proxy stands before the server, as in a deployment: it tells who presses, and another process can take over behind it.
const test = base.extend<{ gateway: Gateway }>({
  gateway: async ({}, use) => {
    const gateway = await Gateway.listen();
    await use(gateway);
    await gateway.close();
  },
  flags: async ({ gateway }, use) => use(['--public-url', gateway.url, '--trusted-proxies', '127.0.0.1']),
});

/** The moments of a page, in its order. */
async function shown(page: Page): Promise<Shown[]> {
  return page.locator('.moments > .moment').evaluateAll((items) =>
    items.map((item) => {
      const text = (part: string) => item.querySelector(`.moment__${part}`)?.textContent ?? '';
      const [hours, minutes, seconds] = text('time').split(':').map(Number);
      return {
        id: item.id.replace('moment-', ''),
        at: hours * 3_600 + minutes * 60 + seconds,
        viewers: Number.parseInt(text('viewers'), 10),
        words: `${text('title')} ${text('note')}`,
      };
    }),
  );
}

const ids = async (page: Page) => (await shown(page)).map(({ id }) => id);

/** The event that a moment is, or where it lies if it is none. */
function eventOf({ at }: Shown, events: PlantedEvent[]): string {
  const event = events.find(({ pressedAt }) => Math.abs(pressedAt - at) <= TOLERANCE);
  return event?.name ?? `something else at ${at} s`;
}

/** Waits until the first moments of a page are these events. */
async function seesFirst(page: Page, events: PlantedEvent[]): Promise<void> {
  const first = async () => (await shown(page)).slice(0, events.length).map((moment) => eventOf(moment, events));
  await expect.poll(first).toEqual(events.map(({ name }) => name));
}

/** Waits until two pages show the same moments in the same order. */
async function agree(one: Page, other: Page): Promise<void> {
  await expect(async () => expect(await ids(other)).toEqual(await ids(one))).toPass();
}

const byStrength = (events: PlantedEvent[]) => [...events].sort((one, other) => other.strength - one.strength);

test(`a stream in fast motion (seed ${seed}): its events are found once, and outlive the process that found them`, { tag: '@postgres' }, async ({
  person,
  server,
  gateway,
  database,
}) => {
  const stream = new SeededStream(seed);
  const [boss, horse, falls, baron, cat, dragon, credits] = stream.events;
  gateway.standBefore(server.url);
  const behind = { baseURL: gateway.url };
  const streamer = await person(behind);
  const code = await openSession(streamer, 'Fast motion', 'Any');
  const moderator = await person(behind);
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const viewer = await person({ ...behind, ...phone });
  await viewer.goto(`/s/${code}`);
  for (const page of [moderator, viewer]) await appRuns(page);
  await startAgo(streamer, BEGAN_MINUTES_AGO);
  const dock = streamer;
  await dock.setViewportSize({ width: 280, height: 600 });
  await dock.goto(`/s/${code}/control?dock`);
  await appRuns(dock);

  const began = await beganAt(gateway.url, code);
  const send = (press: PlannedPress, through = gateway.url) => stream.send(through, code, began, press);
  const play = async (batch: PlannedPress[]) => {
    for (let nth = 0; nth < batch.length; nth += AT_ONCE) await Promise.all(batch.slice(nth, nth + AT_ONCE).map((press) => send(press)));
  };

  // What happened stands out on every page: the strongest first, and on the dock the latest.
  for (const batch of stream.batches.slice(0, 4)) await play(batch);
  const soFar = [boss, horse, falls, baron, cat];
  for (const page of [moderator, viewer]) await seesFirst(page, byStrength(soFar));
  for (const { name } of soFar) await expect(moderator.locator('.moment', { hasText: new RegExp(name, 'i') })).not.toHaveCount(0);
  const latest = async () => (await shown(dock)).map((moment) => eventOf(moment, soFar));
  await expect.poll(async () => (await latest()).filter((name) => soFar.some((event) => event.name === name))).toEqual(
    soFar.map(({ name }) => name).reverse(),
  );

  // A moderator works while presses go on, also in what is being edited.
  const found = await shown(moderator);
  const idOf = (event: PlantedEvent) => found.find((moment) => eventOf(moment, soFar) === event.name)!.id;
  const of = (event: PlantedEvent, page = moderator) => page.locator(`#moment-${idOf(event)}`);
  const dialog = moderator.getByRole('dialog');
  const undo = () => moderator.locator('.moment-list .undo-bar').getByRole('button', { name: 'Undo', exact: true }).click();
  let isAtWork = true;
  const presses = (async () => {
    for (const press of stream.batches[4]) {
      await send(press);
      if (isAtWork) await new Promise((next) => setTimeout(next, 60));
    }
  })();
  const work = (async () => {
    await of(baron).locator('[data-key="e"]').click();
    await dialog.getByLabel('Title').fill('The Baron’s laugh');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(of(baron)).toContainText('The Baron’s laugh');

    for (const event of [horse, falls]) await tick(of(event));
    await of(horse).locator('[data-key="m"]').click();
    await expect(of(falls)).toHaveCount(0);

    const before = await ids(moderator);
    await of(cat).locator('[data-key="e"]').click();
    await dialog.getByLabel('Split at').press('Enter');
    await expect(dialog).toBeHidden();
    const made = async () => (await shown(moderator)).filter(({ id, at }) => !before.includes(id) && Math.abs(at - cat.pressedAt) <= 20);
    await expect.poll(made).toHaveLength(1);

    await of(boss).locator('[data-key="h"]').click();
    await expect(of(boss, viewer)).toHaveCount(0);
    await undo();
    await expect(of(boss, viewer)).toHaveCount(1);
    return (await made())[0].id;
  })().finally(() => (isAtWork = false));
  const [half] = await Promise.all([work, presses]);

  /** What the moderator did, as it has to stand on a page whatever else is pressed. */
  const stands = async (page: Page) => {
    await expect(of(baron, page)).toContainText('The Baron’s laugh');
    await expect(of(falls, page)).toHaveCount(0);
    await expect(of(horse, page)).toContainText(new RegExp(horse.name, 'i'));
    if (page === viewer) return;
    for (const id of [idOf(cat), half]) await expect(page.locator(`#moment-${id}`)).toHaveCount(1);
    await expect(of(boss, page)).not.toContainText('Hidden');
  };
  const best = byStrength([boss, horse, baron, dragon]);
  for (const page of [moderator, viewer]) await seesFirst(page, best);
  for (const page of [moderator, viewer, dock]) await stands(page);

  // Another process reads the same presses, takes some itself, and knows everything by the same names.
  const last = stream.batches[5];
  const another = database === 'postgres' ? await server.startAnother() : undefined;
  if (another) {
    const [desk, page] = [await moderator.context().newPage(), await viewer.context().newPage()];
    await desk.goto(`${another.url}/s/${code}/mod`);
    await page.goto(`${another.url}/s/${code}`);
    for (const opened of [desk, page]) await appRuns(opened);
    for (const [nth, press] of last.splice(0, last.length / 2).entries()) await send(press, nth % 2 ? server.url : another.url);
    await agree(moderator, desk);
    await agree(viewer, page);
    await stands(desk);
    for (const opened of [desk, page]) await opened.close();
  }

  // The process that found them dies. The pages go on at the other one, or at one that starts over the same file.
  const known = await shown(moderator);
  await server.kill();
  if (another) gateway.standBefore(another.url);
  else await server.start();
  await play(last);
  // Not for the first event: on a slow machine that is more than 15 minutes ago by now.
  await send({ at: baron.pressedAt, viewer: NEWCOMER, note: null });
  const { viewers } = known.find(({ id }) => id === idOf(baron))!;
  for (const page of [moderator, viewer, dock]) {
    await expect(of(baron, page)).toContainText(`${viewers + 1} viewers`);
    await stands(page);
  }
  for (const page of [moderator, viewer]) await seesFirst(page, best);
  for (const page of [moderator, dock]) await expect(page.locator('.moment', { hasText: new RegExp(credits.name, 'i') })).toHaveCount(1);
  const idsOfBest = (moments: Shown[]) => moments.slice(0, best.length).map(({ id }) => id);
  expect(idsOfBest(await shown(moderator))).toEqual(idsOfBest(known));

  // Whoever comes late reads the same.
  const desk = await moderator.context().newPage();
  await desk.goto(`/s/${code}/mod`);
  await agree(moderator, desk);
  await stands(desk);
  const late = await person({ ...behind, javaScriptEnabled: false });
  await late.goto(`/s/${code}`);
  // Behind the best ones, a viewer finds the newest.
  expect((await ids(late)).slice(0, BEST)).toEqual((await ids(desk)).slice(0, BEST));
  expect(gateway.refused).toEqual([]);
});

/** When the session's first segment began, in milliseconds since 1970. */
async function beganAt(server: string, code: string): Promise<number> {
  const answer = await fetch(`${server}/rpc/snapshot`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ code, audience: 'public' }),
  });
  const { segments } = (await answer.json()) as { segments: { start_time: string }[] };
  return Date.parse(segments[0].start_time);
}
