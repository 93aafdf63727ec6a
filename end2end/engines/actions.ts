// What people do on the pages, in their own words, in any engine.
import { expect } from '@playwright/test';
import type { Tab } from './tab';

/** A thing on a page: `words` is how its name begins, whatever the case, or a pattern. */
type Thing = { kind: keyof typeof KINDS; words: string | RegExp; within?: Thing };

const KINDS = {
  button: 'button',
  link: 'a[href]',
  field: 'input, textarea',
  region: 'section',
  output: 'output',
  row: 'li',
  text: 'body *',
};

export const button = (words: string, within?: Thing): Thing => ({ kind: 'button', words, within });
export const link = (words: string): Thing => ({ kind: 'link', words });
export const field = (words: string): Thing => ({ kind: 'field', words });
export const region = (words: string): Thing => ({ kind: 'region', words });
export const output = (words: string): Thing => ({ kind: 'output', words });
export const row = (words: string | RegExp): Thing => ({ kind: 'row', words: words instanceof RegExp ? words : new RegExp(escaped(words)) });
export const text = (words: string | RegExp): Thing => ({ kind: 'text', words });

/** Waits until an expression gives this. A page that is just being left can't be asked: that is no answer yet. */
export async function until(tab: Tab, expression: string, answer: unknown, message: string): Promise<void> {
  await expect(async () => expect(await tab.value(expression), message).toEqual(answer)).toPass();
}

/** Sees a thing, or waits until it does. */
export const see = (tab: Tab, thing: Thing) => until(tab, `${element(thing)} !== null`, true, `${told(thing)} is seen`);

/** Sees that a thing is gone, or waits until it is. */
export const miss = (tab: Tab, thing: Thing) => until(tab, `${element(thing)} !== null`, false, `${told(thing)} is gone`);

/** Waits until the app has taken the page over: a driver would go on with an element that is replaced just then. */
const settle = (tab: Tab) =>
  until(tab, `document.documentElement.dataset.app !== 'starting'`, true, 'the app runs, or the page says that it does not');

export async function click(tab: Tab, thing: Thing): Promise<void> {
  await see(tab, thing);
  await settle(tab);
  await tab.click(element(thing));
}

export async function type(tab: Tab, thing: Thing, words: string): Promise<void> {
  await see(tab, thing);
  await settle(tab);
  await tab.type(element(thing), words);
}

export async function read(tab: Tab, thing: Thing): Promise<string> {
  await see(tab, thing);
  return String(await tab.value(`${element(thing)}.innerText`));
}

/** Opens a session on the start page; the control panel is open afterwards. Answers its code. */
export async function openSession(tab: Tab, server: string, title: string): Promise<string> {
  await tab.goto(`${server}/`);
  await type(tab, field('Title'), title);
  await type(tab, field('Game'), 'Any');
  await click(tab, button('Open the session'));
  // The panel's scripts have come when the key is gone from its address.
  await until(tab, String.raw`/\/s\/[0-9A-Z]{6}\/control$/.test(location.href)`, true, 'the control panel is open');
  const [, code] = /\/s\/([0-9A-Z]{6})\//.exec(String(await tab.value('location.href'))) ?? [];
  return code;
}

/** Mints a moderator link on the control panel. Answers its address. */
export async function mintModeratorLink(tab: Tab, label: string): Promise<string> {
  const back = await openTab(tab, 'Links');
  await type(tab, field('For whom?'), label);
  await click(tab, button('Make a link'));
  await click(tab, button('Show', region('Send this link')));
  const address = await read(tab, output('Moderator link'));
  await back();
  return address;
}

/** Opens a tab of the desk. Answers how to get back to the list, which a narrow window shows no longer. */
async function openTab(tab: Tab, name: string): Promise<() => Promise<void>> {
  await until(tab, 'document.documentElement.dataset.app', 'runs', 'the app runs');
  const isNarrow = Boolean(await tab.value(`${element(button('More'))} !== null`));
  if (isNarrow) await click(tab, button('More'));
  await click(tab, button(name));
  return async () => {
    if (isNarrow) await click(tab, button('List'));
  };
}

/** Shows a pane of the desk; in a wide window, all of them are in sight. */
export async function seePane(tab: Tab, name: string): Promise<void> {
  await until(tab, 'document.documentElement.dataset.app', 'runs', 'the app runs');
  const hasTabs = Boolean(await tab.value(`${element(button(name))} !== null`));
  if (hasTabs) await click(tab, button(name));
}

/** Fetches the file that a link of the page leads to. */
export async function download(tab: Tab, words: string): Promise<string> {
  await openTab(tab, 'Export');
  await see(tab, link(words));
  return String(await tab.value(`fetch(${element(link(words))}.href).then((answer) => answer.text())`));
}

/** The expression of a thing in a page: the first that can be seen, or null. */
function element(thing: Thing): string {
  return `(${find})(${JSON.stringify(steps(thing))})`;
}

/** The way to a thing from outside: what it is in, and then itself. */
function steps({ kind, words, within }: Thing): Step[] {
  const pattern = typeof words === 'string' ? `^${escaped(words)}` : words.source;
  return [...(within ? steps(within) : []), { selector: KINDS[kind], pattern }];
}

type Step = { selector: string; pattern: string };

/** It travels into the page as text, so it uses nothing from around it. */
function find(steps: Step[]): Element | null {
  const name = (element: HTMLElement) => {
    const heading = document.getElementById(element.getAttribute('aria-labelledby') ?? '');
    const label = 'labels' in element ? (element as HTMLInputElement).labels?.[0] : undefined;
    const named = heading ?? label ?? element;
    // What is drawn as SVG has no inner text, and neither has a row far below the window, whose content is not laid out.
    return (element.getAttribute('aria-label') ?? (named.innerText || named.textContent || '')).replace(/\s+/g, ' ').trim();
  };
  let places: ParentNode[] = [document];
  for (const { selector, pattern } of steps) {
    const words = new RegExp(pattern, 'i');
    const all = places.flatMap((place) => [...place.querySelectorAll<HTMLElement>(selector)]);
    places = all.filter((element) => element.checkVisibility({ visibilityProperty: true }) && words.test(name(element)));
  }
  return (places[0] as Element | undefined) ?? null;
}

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function told({ kind, words, within }: Thing): string {
  return `${kind} "${words}"${within ? ` in ${told(within)}` : ''}`;
}
