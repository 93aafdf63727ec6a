// One whole stream: a streamer, two viewers and a moderator, from the first press to the files.
import { expect, phone, test } from '../support/fixtures';
import { act, download, mintModeratorLink, openSession, pressClip, rows } from '../support/actions';

test('a stream is collected from start to export', { tag: '@postgres' }, async ({ person }) => {
  const streamer = await person();
  const code = await openSession(streamer, 'Witcher 3 – Act 1 Finale', 'The Witcher 3');
  const moderator = await person();
  await moderator.goto(await mintModeratorLink(streamer, 'Anna'));
  const viewer = await person(phone);
  await viewer.goto(`/s/${code}`);
  const plain = await person({ javaScriptEnabled: false });
  await plain.goto(`/s/${code}`);
  await expect(viewer.getByText(/not started/i).first()).toBeVisible();

  await act(streamer, 'Start');
  await expect(viewer.getByText('Live', { exact: true })).toBeVisible();

  await pressClip(viewer, { note: 'Geralt insulted the Baron', name: 'Ciri' });
  await expect(viewer.getByText(/saved at 00:00:\d\d/i)).toBeVisible();
  await expect(rows(moderator).filter({ hasText: 'Geralt insulted the Baron' })).toBeVisible();

  await plain.reload();
  await plain.getByLabel('What happened?').fill('=1+1 without scripts');
  await plain.getByRole('button', { name: /^clip that/i }).click();
  await expect(plain.getByText(/saved at 00:00:\d\d/i)).toBeVisible();
  await expect(rows(moderator).filter({ hasText: 'without scripts' })).toBeVisible();

  await pressClip(viewer, { note: 'to be hidden' });
  const hidden = rows(moderator).filter({ hasText: 'to be hidden' });
  await hidden.getByRole('button', { name: /^Hide/ }).click();
  await expect(rows(streamer).filter({ hasText: 'Geralt' })).toBeVisible();
  await expect(hidden.getByRole('button', { name: /^Restore/ })).toBeVisible();
  // Its author still sees it; the other viewer does not.
  await expect(rows(viewer).filter({ hasText: 'to be hidden' })).toBeVisible();
  await plain.reload();
  await expect(plain.getByText('to be hidden')).toHaveCount(0);

  await act(streamer, 'Pause');
  await expect(viewer.getByText('Paused', { exact: true })).toBeVisible();
  await plain.getByLabel('What happened?').fill('during the pause');
  await plain.getByRole('button', { name: /^clip that/i }).click();
  await expect(plain.getByText(/the stream is paused/i).first()).toBeVisible();
  await expect(plain.getByLabel('What happened?')).toHaveValue('during the pause');

  await act(streamer, 'Resume');
  await expect(viewer.getByText('Live', { exact: true })).toBeVisible();
  await pressClip(viewer, { note: 'O’Dimm smile' });
  await expect(rows(moderator).filter({ hasText: 'O’Dimm smile' })).toBeVisible();
  await pressClip(streamer, {});
  await expect(rows(moderator)).toHaveCount(5);

  await act(streamer, 'End');
  await expect(viewer.getByText('Ended', { exact: true })).toBeVisible();

  const text = await download(streamer, 'Text');
  expect(text.name).toMatch(new RegExp(`${code}\\.txt$`));
  expect(text.body.replaceAll(/\d\d:\d\d:\d\d/g, 'HH:MM:SS')).toBe(
    [
      'Segment 1 HH:MM:SS – Geralt insulted the Baron',
      'Segment 1 HH:MM:SS – =1+1 without scripts',
      '',
      'Segment 2 HH:MM:SS – O’Dimm smile',
      'Segment 2 HH:MM:SS',
      '',
    ].join('\n'),
  );
  const csv = await download(moderator, 'CSV');
  expect(
    csv.body
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
      .replaceAll(/\d\d:\d\d:\d\d/g, 'HH:MM:SS'),
  ).toBe(
    [
      'segment_index,offset_hms,note,submitted_by,created_at',
      '1,HH:MM:SS,Geralt insulted the Baron,Ciri,TIME',
      "1,HH:MM:SS,'=1+1 without scripts,,TIME",
      '2,HH:MM:SS,O’Dimm smile,Ciri,TIME',
      '2,HH:MM:SS,,,TIME',
      '',
    ].join('\r\n'),
  );
});
