// Links and codes: what they open, and what a page says when they don't.
import { expect, phone, test } from '../support/fixtures';
import { act, appRuns, holdCalls, mintModeratorLink, openSession, openTab, pressClip, rows } from '../support/actions';

test('a revoked moderator link closes the page of its holder with words', { tag: '@postgres' }, async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Revoked', 'Any');
  const moderator = await person();
  const link = await mintModeratorLink(streamer, 'Anna');
  await moderator.goto(link);
  await expect(moderator.getByRole('searchbox').first()).toBeVisible();
  expect(moderator.url()).not.toContain('mod_');

  await streamer.getByRole('button', { name: /^Revoke/ }).click();
  await expect(streamer.getByRole('dialog')).toContainText('Anna');
  await streamer.getByRole('dialog').getByRole('button', { name: /^Revoke/ }).click();
  await expect(moderator.getByText(/your link was revoked or replaced/i).first()).toBeVisible();

  const late = await person();
  await late.goto(link);
  await expect(late.getByText(/this link does not work/i).first()).toBeVisible();
});

test('a page whose link was revoked offers nothing that would be refused', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Revoked', 'Any');
  await act(streamer, 'Start');
  await pressClip(streamer, { note: 'said' });
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  await expect(rows(moderator)).toHaveCount(1);
  await rows(moderator).locator('[data-key="h"]').focus();
  const asked: string[] = [];
  await streamer.getByRole('button', { name: /^Revoke/ }).click();
  await streamer.getByRole('dialog').getByRole('button', { name: /^Revoke/ }).click();
  await expect(moderator.getByText(/open the newest one, or ask the streamer/i).first()).toBeVisible();
  await expect(moderator.locator('.desk__main')).toHaveJSProperty('inert', true);
  await expect(moderator.getByRole('heading', { name: 'Revoked' })).toBeFocused();
  moderator.on('request', (request) => asked.push(new URL(request.url()).pathname));
  for (const key of ['j', 'h']) await moderator.keyboard.press(key);
  await rows(moderator).locator('[data-key="h"]').click({ force: true });
  // What it still may do comes after what it may not.
  await moderator.keyboard.press('c');
  await expect(moderator.locator('#press-result')).toHaveText(/^Saved at/);
  expect(asked).toContain('/rpc/submit');
  await expect(rows(moderator).filter({ hasText: 'said' })).not.toContainText('hidden');
  expect(asked).not.toContain('/rpc/hide');
});

test('a page whose link was revoked goes on with the newest one, pasted over its address', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Replaced', 'Any');
  await act(streamer, 'Start');
  await pressClip(streamer, { note: 'before' });
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  await expect(rows(moderator)).toHaveCount(1);
  await streamer.getByRole('button', { name: /^Revoke/ }).click();
  await streamer.getByRole('dialog').getByRole('button', { name: /^Revoke/ }).click();
  const revoked = moderator.locator('.banner', { hasText: 'Your link was revoked or replaced' });
  await expect(revoked.getByRole('button', { name: 'Reload' })).toBeVisible();
  await pressClip(streamer, { note: 'after' });

  const newest = await mintModeratorLink(streamer, 'Anna again');
  await moderator.evaluate((link) => (location.hash = new URL(link).hash), newest);
  await expect(rows(moderator)).toHaveCount(2);
  await expect(revoked).toHaveCount(0);
  await expect(moderator.locator('.desk__main')).toHaveJSProperty('inert', false);
  expect(new URL(moderator.url()).hash).toBe('');
  expect(moderator.url()).toContain(code);
});

test('a link that is pasted while another one is redeemed is redeemed too', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Two', 'Any');
  const link = await mintModeratorLink(streamer, 'Anna');
  const moderator = await person();
  const redeems = await holdCalls(moderator, 'redeem');
  await moderator.goto(`/s/${code}/mod#mod_${'a'.repeat(64)}`);
  await expect.poll(() => redeems.calls).toBe(1);
  await moderator.evaluate((link) => (location.hash = new URL(link).hash), link);
  redeems.open();
  await expect(moderator.getByRole('searchbox').first()).toBeVisible();
  expect(new URL(moderator.url()).hash).toBe('');
});

test('a control link is shown again after a reload, until it was saved or replaced', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Reloaded', 'Any');
  const card = streamer.getByRole('region', { name: 'Save this control link' }).first();
  const shown = async () => {
    await card.getByRole('button', { name: 'Show' }).click();
    await expect(card.getByLabel('Control link')).toHaveText(/#ctl_/);
    return card.getByLabel('Control link').innerText();
  };
  const link = await shown();
  await streamer.reload();
  expect(await shown()).toBe(link);
  expect(streamer.url()).not.toContain('#');

  // One that was replaced opens nothing any more.
  const links = await openTab(streamer, 'Links');
  await links.getByText('Control link', { exact: true }).click();
  await links.getByRole('button', { name: 'Replace the control link' }).click();
  await streamer.getByRole('dialog').getByRole('button', { name: 'Replace it' }).click();
  await expect(links.getByRole('region', { name: 'Save this control link' })).toBeVisible();
  await expect(streamer.getByRole('region', { name: 'Save this control link' })).toHaveCount(1);
  await streamer.reload();
  await appRuns(streamer);
  await expect(card).toHaveCount(0);

  await openSession(streamer, 'Saved', 'Any');
  await streamer.getByRole('button', { name: 'I saved it' }).click();
  await expect(card).toHaveCount(0);
  await streamer.reload();
  await appRuns(streamer);
  await expect(card).toHaveCount(0);
});

test('a control link that was not saved outlives attempts that do not reach the server', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Cut off', 'Any');
  await streamer.context().clearCookies();
  await streamer.route('**/rpc/redeem', (route) => route.abort());
  const again = streamer.getByRole('button', { name: 'Try the link again' });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await streamer.reload();
    await expect(again).toBeVisible();
  }
  await streamer.unroute('**/rpc/redeem');
  await again.click();
  const card = streamer.getByRole('region', { name: 'Save this control link' });
  await card.getByRole('button', { name: 'Show' }).click();
  await expect(card.getByLabel('Control link')).toHaveText(/#ctl_/);
});

test('a control link that does not work makes the one that was saved no new one', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Saved', 'Any');
  await streamer.getByRole('button', { name: 'I saved it' }).click();
  const isUnsaved = () => streamer.evaluate((code) => localStorage.getItem(`unsaved.${code}`) !== null, code);
  await expect.poll(isUnsaved).toBe(false);
  await streamer.evaluate((digits) => (location.hash = `ctl_${digits}`), 'a'.repeat(64));
  await expect(streamer.getByText(/this link does not work/i).first()).toBeVisible();
  expect(await isUnsaved()).toBe(false);
});

test('a link for nobody is refused by the name of the field', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Nobody', 'Any');
  const links = await openTab(streamer, 'Links');
  await links.getByRole('button', { name: 'Make a link' }).click();
  await expect(links.getByRole('alert').filter({ hasText: 'Please fill in the field “For whom?”.' })).toBeVisible();
});

test('a fresh moderator link stays under the pointer when the list of links comes', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Still', 'Any');
  await appRuns(streamer);
  let comes = () => {};
  const held = new Promise<void>((resolve) => (comes = resolve));
  await streamer.route('**/rpc/links', async (route) => {
    await held;
    await route.continue();
  });
  await openTab(streamer, 'Links');
  await streamer.getByLabel('For whom?').fill('Anna');
  await streamer.getByRole('button', { name: 'Make a link' }).click();
  const card = streamer.getByRole('region', { name: /send this link/i });
  const top = () => card.evaluate((element) => element.getBoundingClientRect().top + scrollY);
  await expect(card).toBeVisible();
  const before = await top();
  comes();
  await expect(streamer.getByRole('listitem').filter({ hasText: 'Anna' }).first()).toBeVisible();
  expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1);
});

test('the streamer sees in how many browsers a link was opened, and when', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Uses', 'Any');
  const link = await mintModeratorLink(streamer, 'Anna');
  await streamer.getByText('Link activity').click();
  const anna = streamer.locator('details').getByRole('listitem').filter({ hasText: 'Anna' });
  const listed = streamer.locator('.link[id]').filter({ hasText: 'Anna' });
  await expect(anna).toContainText('not opened yet');
  await expect(listed).toContainText('not used yet');
  for (let browsers = 1; browsers <= 2; browsers += 1) {
    const moderator = await person();
    await moderator.goto(link);
    await expect(moderator.getByRole('searchbox').first()).toBeVisible();
    await streamer.locator('details').filter({ hasText: 'Link activity' }).getByRole('button', { name: 'Refresh' }).click();
    await expect(anna).toContainText(browsers === 1 ? 'in 1 browser,' : 'in 2 browsers,');
    // Both lists tell the same.
    const [used] = /last used \d\d \w+ \d\d:\d\d UTC/.exec(await anna.innerText()) ?? [];
    await expect(listed).toContainText(used ?? 'nothing');
  }
  await expect(anna).toContainText(/first opened \d\d \w+ \d\d:\d\d UTC, \d\d/);
});

test('the streamer sees that a link was used when they come back to the links, to their pane, or to the page', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Uses', 'Any');
  const throughTabs = async () => {
    await openTab(streamer, 'Share');
    await openTab(streamer, 'Links');
  };
  const throughPanes = async () => {
    await streamer.setViewportSize(phone.viewport ?? { width: 390, height: 844 });
    for (const pane of ['List', 'More']) await streamer.getByRole('tab', { name: pane, exact: true }).click();
  };
  const fromAnotherPage = () => streamer.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  for (const [name, comesBack] of [['Anna', throughTabs], ['Triss', fromAnotherPage], ['Ciri', throughPanes]] as const) {
    const link = await mintModeratorLink(streamer, name);
    const row = streamer.locator('.link[id]').filter({ hasText: name });
    await expect(row).toContainText('not used yet');
    await row.getByRole('button').focus();
    const moderator = await person();
    await moderator.goto(link);
    await expect(moderator.getByRole('searchbox').first()).toBeVisible();
    await comesBack();
    await expect(row).toContainText('last used');
    // Whoever was in the row still is.
    if (name === 'Triss') await expect(row).toBeFocused();
  }
});

test('words about a load of the links that failed go with the next one that does not', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Busy', 'Any');
  await appRuns(streamer);
  await streamer.route('**/rpc/links', (route) => route.fulfill({ status: 503, json: { error: 'busy', detail: { seconds: 2 } } }), { times: 1 });
  const links = await openTab(streamer, 'Links');
  const told = links.getByRole('alert').filter({ hasText: /\S/ });
  await expect(told).toBeVisible();
  await openTab(streamer, 'Share');
  await openTab(streamer, 'Links');
  await expect(told).toHaveCount(0);
});

test('a wrong code says what to do next', async ({ person }) => {
  const viewer = await person();
  const answer = await viewer.goto('/s/000000');
  expect(answer?.status()).toBe(404);
  await expect(viewer.getByText(/no session has this code/i).first()).toBeVisible();
  await viewer.goto('/nowhere');
  await expect(viewer.getByRole('link', { name: 'Home' }).first()).toBeVisible();
});

test('a code may be typed as people type, into the field and into the address', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Forgiving', 'Any');
  const viewer = await person();
  const fullWidth = code.replace(/./g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
  const spaced = ` ${code.slice(0, 3).toLowerCase()} ${code.slice(3).toLowerCase()} `;
  for (const typed of [spaced, `#${code}`, `${code}.`, `(${code})`, `${code}\u200b`, fullWidth]) {
    await viewer.goto('/');
    await viewer.getByLabel(/code/i).fill(typed);
    await viewer.getByLabel(/code/i).press('Enter');
    await expect(viewer).toHaveURL(new RegExp(`/s/${code}$`));
    await expect(viewer.getByRole('heading', { name: 'Forgiving' })).toBeVisible();
    await viewer.goto(`/s/${typed.trim().replace('#', '')}`);
    await expect(viewer).toHaveURL(new RegExp(`/s/${code}$`));
    await expect(viewer.getByRole('heading', { name: 'Forgiving' })).toBeVisible();
  }
});

test('a link whose address was copied with the end of a sentence opens its page with its key', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Copied', 'Any');
  const link = await mintModeratorLink(streamer, 'Anna');
  const moderator = await person();
  await moderator.goto(link.replace(`/s/${code}/`, `/s/${code.toLowerCase()}./`));
  await expect(moderator.getByRole('searchbox').first()).toBeVisible();
  expect(new URL(moderator.url()).pathname).toBe(`/s/${code}/mod`);
});

for (const typed of ['7', 'ÄÖ', 'https://clips.example/']) {
  test(`what is no code stays in its field with words: ${typed}`, async ({ person }) => {
    const viewer = await person();
    await viewer.goto('/');
    await appRuns(viewer);
    await viewer.getByLabel(/code/i).fill(typed);
    await viewer.getByRole('button', { name: 'Join' }).click();
    const panel = viewer.getByRole('region', { name: 'Join a stream' });
    await expect(panel.getByText(/a session code has six letters or digits/i)).toBeVisible();
    await expect(panel.getByLabel(/code/i)).toHaveValue(typed);
    expect(new URL(viewer.url()).search).not.toContain('refused');
    await panel.getByLabel(/code/i).press('End');
    await panel.getByLabel(/code/i).pressSequentially('1');
    await expect(panel.getByText(/a session code has/i)).toHaveCount(0);
  });
}

test('a link whose key is damaged stays in its field with words, with scripts and without', async ({ person }) => {
  for (const javaScriptEnabled of [true, false]) {
    const moderator = await person({ javaScriptEnabled });
    await moderator.goto('/');
    if (javaScriptEnabled) await appRuns(moderator);
    await moderator.getByLabel(/code/i).fill('https://clips.example/s/7KQ2MX/mod#mod_ab');
    await moderator.getByRole('button', { name: 'Join' }).click();
    const panel = moderator.getByRole('region', { name: 'Join a stream' });
    await expect(panel.getByText(/this link does not work/i)).toBeVisible();
    await expect(panel.getByLabel(/code/i)).toHaveValue(/7KQ2MX\/mod#mod_/);
  }
});

test('without scripts what is no code comes back to its field too', async ({ person }) => {
  const viewer = await person({ javaScriptEnabled: false });
  await viewer.goto('/');
  await viewer.getByLabel(/code/i).fill('7');
  await viewer.getByRole('button', { name: 'Join' }).click();
  const panel = viewer.getByRole('region', { name: 'Join a stream' });
  await expect(panel.getByText(/a session code has six letters or digits/i)).toBeVisible();
  await expect(panel.getByLabel(/code/i)).toHaveValue('7');
});

test('a pasted link joins its session, with scripts and without', async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Pasted', 'Any');
  for (const javaScriptEnabled of [true, false]) {
    const viewer = await person({ javaScriptEnabled });
    await viewer.goto('/');
    await viewer.getByLabel(/code/i).fill(`https://clips.example/s/${code}`);
    await viewer.getByRole('button', { name: 'Join' }).click();
    await expect(viewer).toHaveURL(new RegExp(`/s/${code}$`));
    await expect(viewer.getByRole('heading', { name: 'Pasted' })).toBeVisible();
  }
});

test('a pasted moderator link opens its page, with scripts and without, and its key is sent in no address', async ({ person }) => {
  const streamer = await person();
  await openSession(streamer, 'Secret', 'Any');
  const link = await mintModeratorLink(streamer, 'Anna');
  for (const javaScriptEnabled of [true, false]) {
    const moderator = await person({ javaScriptEnabled });
    const asked: string[] = [];
    moderator.on('request', (request) => asked.push(request.url().replace(/#.*/, '')));
    await moderator.goto('/');
    if (javaScriptEnabled) await appRuns(moderator);
    await moderator.getByLabel(/code/i).fill(link);
    await moderator.getByRole('button', { name: 'Join' }).click();
    if (javaScriptEnabled) await expect(moderator.getByRole('searchbox').first()).toBeVisible();
    else await expect(moderator).toHaveURL(link);
    expect(asked.filter((address) => address.includes('mod_'))).toEqual([]);
  }
});

test('the control link opens the panel in another browser, once saved', async ({ person }) => {
  const streamer = await person();
  await streamer.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const code = await openSession(streamer, 'Two browsers', 'Any');
  await streamer.getByRole('button', { name: /copy control link/i }).click();
  const link = await streamer.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(new RegExp(`/s/${code}/control#ctl_[0-9a-f]{64}$`));
  const other = await person();
  await other.goto(link);
  await expect(other.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  expect(other.url()).not.toContain('ctl_');
});
