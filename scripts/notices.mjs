// Writes THIRD-PARTY-NOTICES.md, or with --check says whether it is current: node scripts/notices.mjs [--check].
// What is linked into the server or a bundle stands in it, as Cargo.lock has it, with the text of one of its licences.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const NOTICES = 'THIRD-PARTY-NOTICES.md';
/// What is shipped, and for which machines.
const SHIPPED = [
  ['server', 'the server', 'x86_64-unknown-linux-gnu'],
  ['server', 'the server', 'aarch64-unknown-linux-gnu'],
  ['frontend', 'the pages', 'wasm32-unknown-unknown'],
];
/// Where a crate leaves the choice, the first of these is taken: the shortest text.
const PREFERRED = ['MIT', '0BSD', 'Zlib', 'BSD-2-Clause', 'BSD-3-Clause', 'Unicode-3.0', 'Apache-2.0', 'BSL-1.0', 'CC0-1.0'];
/// What a licence's file is called where a crate has one for each.
const NAMED = { MIT: /mit/i, 'Apache-2.0': /apache/i, 'Unicode-3.0': /unicode/i, Zlib: /zlib/i };
/// Crates that carry no text, and the one from the same repository that carries it for both.
const BESIDE = { 'alloc-stdlib': 'alloc-no-stdlib' };
/// What is linked without being a crate of the lock file, or lies in one that says nothing of it.
const OTHERS = [
  ['The Rust standard library, in both', 'Copyright (c) The Rust Project Contributors', 'MIT'],
  ['SQLite, in the server', 'Its authors have dedicated it to the public domain.', ''],
];

const cargo = (...words) => execFileSync('cargo', words, { encoding: 'utf8', maxBuffer: 1 << 28 });
const platforms = [...new Set(SHIPPED.map(([, , target]) => target))].flatMap((target) => ['--filter-platform', target]);
const { packages } = JSON.parse(cargo('metadata', '--locked', '--format-version=1', ...platforms));
const known = new Map(packages.map((found) => [`${found.name} v${found.version}`, found]));

/// What is shipped of others: a crate's name and version, and where it is.
const shipped = new Map();
for (const [root, place, target] of SHIPPED) {
  const tree = cargo('tree', '--locked', '-p', root, '-e', 'normal,no-proc-macro', '--target', target, '--prefix=none', '--format={p}');
  for (const line of tree.split('\n')) {
    const name = line.split(' ').slice(0, 2).join(' ');
    const found = known.get(name);
    if (!found?.source) continue;
    shipped.set(name, (shipped.get(name) ?? new Set()).add(place));
  }
}

/// The licences of an SPDX expression that are taken: one of each choice.
function taken(expression) {
  const terms = expression.replaceAll('/', ' OR ').split(' AND ');
  return terms.map((term) => {
    const choices = term.replaceAll(/[()]/g, '').split(' OR ').map((choice) => choice.trim());
    const choice = PREFERRED.find((licence) => choices.includes(licence));
    if (!choice) throw new Error(`None of "${expression}" is a licence that scripts/notices.mjs knows.`);
    return choice;
  });
}

/// The texts of the licences that are taken, as a crate carries them; none where it carries none.
function texts({ manifest_path: manifest, license_file: named }, licences) {
  const folder = dirname(manifest);
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name).sort();
  const isNotice = (name) => /^(licen[sc]e|copying|copyright|notice)/i.test(name);
  const found = files.filter((name) => name === named || isNotice(name));
  const isOfAnother = (name) => Object.entries(NAMED).some(([licence, pattern]) => pattern.test(name) && !licences.includes(licence));
  const wanted = found.filter((name) => !isOfAnother(name.replace(/^(licen[sc]e|copying)/i, '')));
  return wanted.map((name) => readFileSync(`${folder}/${name}`, 'utf8').replaceAll('\r\n', '\n').trim());
}

/// A text without who has the copyright, and who that is: what many share stands in the file once.
function apart(text) {
  const lines = text.split('\n');
  const isHolder = (line) => /^[\s*/#]*(portions )?copyright\b.*(\d{4}|\(c\)|©|authors|contributors|developers|project)/i.test(line) && !/copyright (notice|holder|owner|license)/i.test(line);
  const holders = lines.filter(isHolder).map((line) => line.trim());
  const shared = lines.filter((line) => !isHolder(line)).join('\n').trim();
  const words = shared.toLowerCase().replaceAll(/[^a-z0-9]+/g, ' ').trim();
  return { holders, shared, key: words.replace(/^(the )?mit license (mit )?/, '') };
}

const ours = readFileSync('LICENSE', 'utf8').split(/^-{20,}$/m).map((part) => part.trim());
const STANDARD = { MIT: ours[1], 'Apache-2.0': ours[2] };
if (!STANDARD.MIT?.startsWith('MIT License') || !STANDARD['Apache-2.0']?.startsWith('Apache License')) {
  throw new Error('LICENSE has not the parts that scripts/notices.mjs takes the texts of MIT and Apache-2.0 from.');
}

/// Every text once, with those that are under it.
const groups = new Map();
function put(title, licences, text, holders) {
  const { holders: stated, shared, key } = apart(text);
  const group = groups.get(key) ?? { licences: licences.join(' and '), shared, under: [] };
  group.under.push([title, [...new Set([...stated, ...holders])]]);
  groups.set(key, group);
}

for (const [name, places] of [...shipped].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const found = known.get(name);
  const licences = taken(found.license ?? '');
  const title = `${name.replace(' v', ' ')}, in ${places.size > 1 ? 'both' : [...places][0]}`;
  const carrier = packages.find((other) => other.name === (BESIDE[found.name] ?? '')) ?? found;
  const carried = texts(carrier, licences);
  for (const text of carried) put(title, licences, text, []);
  if (carried.length > 0) continue;
  for (const licence of licences) {
    if (!STANDARD[licence]) throw new Error(`${name} carries no text of ${licence}, and scripts/notices.mjs has none.`);
    const [head, ...body] = STANDARD[licence].split('\n').filter((line) => !line.startsWith('Copyright (c)'));
    const authors = found.authors.map((author) => author.replace(/ *<.*>/, ''));
    const holder = authors.length > 0 ? authors.join(', ') : `the authors of ${found.name}`;
    put(title, [licence], [head, ...body].join('\n'), [`Copyright (c) ${holder}`]);
  }
}

const out = [
  '# Third-party notices',
  '',
  'What others made and is shipped with Clip Timestamp Collector: in the server, in the pages (WebAssembly and the scripts that load it), or in both. `make notices` writes this file from `Cargo.lock`. Where a licence leaves a choice, one is taken. The icons are our own, under [LICENSE](LICENSE).',
  '',
  '## The typeface',
  '',
  'Bricolage Grotesque (`public/fonts`), in the pages, under the SIL Open Font License 1.1:',
  '',
  '```text',
  readFileSync('public/fonts/bricolage-grotesque-LICENSE.txt', 'utf8').replaceAll('\r\n', '\n').trim(),
  '```',
  '',
  '## Besides the crates',
  '',
  ...OTHERS.map(([what, words, licence]) => `- ${what}: ${words}${licence ? ` Under ${licence}, with the text that stands in [LICENSE](LICENSE).` : ''}`),
  '',
];
for (const { licences, shared, under } of groups.values()) {
  out.push(`## ${licences}`, '');
  for (const [title, holders] of under) out.push(`- ${title}${holders.map((holder) => `\n  - ${holder}`).join('')}`);
  const fence = shared.includes('```') ? '````' : '```';
  out.push('', `${fence}text`, shared, fence, '');
}
const written = `${out.join('\n').trimEnd()}\n`;

if (process.argv[2] !== '--check') {
  writeFileSync(NOTICES, written);
} else if (!existsSync(NOTICES) || readFileSync(NOTICES, 'utf8') !== written) {
  console.error(`${NOTICES} is not current: run \`make notices\`, and commit what it writes.`);
  process.exit(1);
}
