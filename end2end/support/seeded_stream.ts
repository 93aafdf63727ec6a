// A stream that nobody watched: planted events, viewers who press for them late, background, and a spammer. A seed gives one
// run of it, so that what fails once fails again.
import { createHash } from 'node:crypto';
import { sendPress } from './presses';

/** Something that happens in the stream. */
export type PlantedEvent = {
  /** What viewers say about it. */
  name: string;
  /** When viewers press for it, in seconds since the stream began: so late do most of them. */
  pressedAt: number;
  /** How many viewers press. */
  strength: number;
};

/** A press of a viewer, in seconds since the stream began. */
export type PlannedPress = { at: number; viewer: number; note: string | null };

/** How long it is, in seconds: presses may wait for 15 minutes, and the first ones are sent a while after the stream began. */
const LENGTH = 720;
/** It is played in so many batches, each of which is a part of it, and comes in any order. */
const BATCHES = 6;
/** So many presses come with the batch after their own. */
const SHARE_OF_LATE = 0.15;
const VIEWERS = 240;
const BACKGROUND = 70;
const SPAMMER = VIEWERS;
/** A viewer who has pressed for nothing yet. */
export const NEWCOMER = VIEWERS + 1;

/** What happens: roughly when, in seconds, and how many press. Each batch has one; the second event follows close upon another. */
const EVENTS = [
  { name: 'The boss falls', about: 50, strength: 44 },
  { name: 'A horse on the roof', about: 160, strength: 31 },
  { name: 'and down it goes', about: 202, strength: 8 },
  { name: 'The Baron laughs', about: 290, strength: 22 },
  { name: 'A cat walks by', about: 410, strength: 16 },
  { name: 'The dragon lands', about: 530, strength: 37 },
  { name: 'Roll the credits', about: 650, strength: 11 },
];

/** How late viewers press, in seconds: the delay of their stream, and their reaction. */
const DELAY = { from: 3, to: 8 };
const REACTION = { median: 4, sigma: 0.5 };
const MOSTLY_LATE = (DELAY.from + DELAY.to) / 2 + REACTION.median;

export class SeededStream {
  readonly events: PlantedEvent[];
  /** Batch by batch, in the order in which they are sent. */
  readonly batches: PlannedPress[][];

  constructor(private readonly seed: number) {
    const random = mulberry32(seed);
    const between = (from: number, to: number) => from + random() * (to - from);
    // Box–Muller: https://doi.org/10.1214/aoms/1177706645
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const shuffle = <T>(items: T[]) => {
      for (let left = items.length - 1; left > 0; left -= 1) {
        const other = Math.floor(random() * (left + 1));
        [items[left], items[other]] = [items[other], items[left]];
      }
      return items;
    };
    const delays = Array.from({ length: VIEWERS }, () => between(DELAY.from, DELAY.to));
    const viewers = delays.map((_, viewer) => viewer);

    const presses: PlannedPress[] = [];
    this.events = EVENTS.map(({ name, about, strength }) => {
      const at = about + between(-2, 2);
      for (const viewer of shuffle([...viewers]).slice(0, strength)) {
        const late = delays[viewer] + REACTION.median * Math.exp(REACTION.sigma * normal());
        presses.push({ at: at + late, viewer, note: random() < 0.6 ? spelled(name, random()) : null });
      }
      return { name, pressedAt: at + MOSTLY_LATE, strength };
    });
    for (let n = 0; n < BACKGROUND; n += 1) {
      presses.push({ at: between(0, LENGTH), viewer: Math.floor(random() * VIEWERS), note: null });
    }
    // Five at once, then one every three seconds for two minutes.
    const spam = between(330, 335);
    for (let n = 0; n < 5; n += 1) presses.push({ at: spam, viewer: SPAMMER, note: 'FIRST' });
    for (let n = 1; n <= 40; n += 1) presses.push({ at: spam + 3 * n, viewer: SPAMMER, note: 'FIRST' });

    this.batches = Array.from({ length: BATCHES }, () => []);
    for (const press of presses) {
      const own = Math.floor((press.at / LENGTH) * BATCHES);
      const late = random() < SHARE_OF_LATE ? 1 : 0;
      this.batches[Math.min(own + late, BATCHES - 1)].push(press);
    }
    this.batches.forEach(shuffle);
  }

  /** Sends a press of a stream that began at this time, in milliseconds since 1970. */
  async send(server: string, code: string, began: number, { at, viewer, note }: PlannedPress): Promise<void> {
    const cookie = createHash('sha256').update(`${this.seed} ${viewer}`).digest('hex');
    // Each viewer lives somewhere else: many new ones from one network would count less and less.
    const address = `10.1.${viewer >> 8}.${viewer & 255}`;
    await sendPress(server, code, { waited: Date.now() - began - at * 1_000, note, cookie, address });
  }
}

/** What people type who mean the same. */
function spelled(name: string, choice: number): string {
  if (choice < 0.6) return name;
  return choice < 0.8 ? `${name.toLowerCase()}!!` : name.toUpperCase();
}

/** Small, and good enough to choose by. Gives numbers from 0 up to 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
