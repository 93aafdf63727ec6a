// Parts of the desk whose code arrives after the page is live: they say so, and come on a slow or broken network too.
import { expect, test } from '../support/fixtures';
import { act, openSession, openTab } from '../support/actions';

const LATER = '**/pkg/desk-later.*.wasm';

test('what is opened before its code has come says so, works once it is there, and holds nothing else up', async ({ person }) => {
  const streamer = await person();
  let arrive = () => {};
  const arrival = new Promise<void>((resolve) => (arrive = resolve));
  await streamer.route(LATER, async (route) => {
    await arrival;
    await route.continue();
  });
  await openSession(streamer, 'Late', 'Any');
  await act(streamer, 'Start');
  await openTab(streamer, 'Rules');
  await expect(streamer.locator('#pane-rules')).toContainText('Loading…');
  await expect(streamer.locator('#pane-links')).not.toContainText('Loading…');
  arrive();
  await expect(streamer.locator('#pane-rules').getByRole('checkbox').first()).toBeVisible();
  await expect(streamer.getByText('Loading…')).toHaveCount(0);
});

test('code that could not be loaded is loaded by trying again', async ({ person }) => {
  const streamer = await person();
  await streamer.route(LATER, (route) => route.abort());
  await openSession(streamer, 'Broken', 'Any');
  const rules = await openTab(streamer, 'Rules');
  await expect(rules.getByRole('alert')).toContainText('could not be loaded');
  await expect(rules.getByRole('button', { name: 'Reload the page' })).toBeVisible();
  await rules.getByRole('button', { name: 'Try again' }).click();
  await expect(rules.getByRole('alert')).toContainText('could not be loaded');
  await streamer.unroute(LATER);
  await rules.getByRole('button', { name: 'Try again' }).click();
  await expect(rules.getByRole('checkbox').first()).toBeVisible();
  await act(streamer, 'Start');
});

test('what a tab shows and what was typed in it stay while another tab is looked at', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Tabs', 'Any');
  const links = await openTab(streamer, 'Links');
  await streamer.getByLabel('For whom?').fill('Anna');
  await links.getByRole('button', { name: 'Make a link' }).click();
  await expect(links.getByRole('region', { name: /send this link/i })).toBeVisible();
  const rules = await openTab(streamer, 'Rules');
  // First: the form takes nothing until it knows what it edits, which a click waits for.
  await rules.getByRole('checkbox').first().check();
  await rules.getByLabel(/words/i).fill('spoiler');
  const session = await openTab(streamer, 'Session');
  await session.getByLabel('Title', { exact: true }).fill('Typed');
  await session.getByLabel('Word of label 1', { exact: true }).fill('typed');
  await openTab(streamer, 'Log');
  await openTab(streamer, 'Links');
  await expect(links.getByRole('region', { name: /send this link/i })).toBeVisible();
  await openTab(streamer, 'Rules');
  await expect(rules.getByLabel(/words/i)).toHaveValue('spoiler');
  await expect(rules.getByRole('checkbox').first()).toBeChecked();
  await openTab(streamer, 'Session');
  await expect(session.getByLabel('Title', { exact: true })).toHaveValue('Typed');
  await expect(session.getByLabel('Word of label 1', { exact: true })).toHaveValue('typed');
});

test('two control pages keep what each of them changes, and show it to each other', { tag: '@postgres' }, async ({ person }) => {
  const first = await person();
  const code = await openSession(first, 'Two pages', 'Any');
  const second = await first.context().newPage();
  await second.goto(`/s/${code}/control`);
  const [rules, others] = [await openTab(first, 'Rules'), await openTab(second, 'Rules')];
  await others.getByRole('checkbox').nth(1).check();
  await expect(rules.locator('form')).toHaveJSProperty('inert', false);
  await rules.getByLabel(/words/i).fill('one');
  await rules.getByRole('button', { name: 'Save' }).click();
  await expect(rules.getByText('Saved.')).toBeVisible();
  // What nobody has begun to change follows; this form is being changed.
  await expect(others.getByLabel(/words/i)).toHaveValue('');
  await others.getByLabel(/words/i).fill('two');
  await others.getByRole('button', { name: 'Save' }).click();
  for (const page of [rules, others]) {
    await expect(page.getByLabel(/words/i)).toHaveValue('one\ntwo');
    await expect(page.getByRole('checkbox').nth(1)).toBeChecked();
  }

  const [session, other] = [await openTab(first, 'Session'), await openTab(second, 'Session')];
  await other.getByLabel('Game', { exact: true }).fill('Another game');
  await other.getByLabel('Word of label 2', { exact: true }).fill('beta');
  await session.getByLabel('Title', { exact: true }).fill('Another title');
  await session.getByRole('button', { name: 'Save' }).first().click();
  await session.getByLabel('Word of label 1', { exact: true }).fill('alpha');
  await session.getByRole('button', { name: 'Save' }).last().click();
  await expect(second.getByRole('heading', { name: 'Another title' })).toBeVisible();
  await other.getByRole('button', { name: 'Save' }).first().click();
  await other.getByRole('button', { name: 'Save' }).last().click();
  for (const page of [session, other]) {
    await expect(page.getByLabel('Title', { exact: true })).toHaveValue('Another title');
    await expect(page.getByLabel('Game', { exact: true })).toHaveValue('Another game');
    await expect(page.getByLabel('Word of label 1', { exact: true })).toHaveValue('alpha');
    await expect(page.getByLabel('Word of label 2', { exact: true })).toHaveValue('beta');
  }
});
