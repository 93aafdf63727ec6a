// Renames the imports and exports in wasm-bindgen's glue as wasm-opt renamed them in the module, and minifies the glue:
// node scripts/shorten.mjs NAMES MODULE GLUE [LATER]. The original names end in digits of a hash, which do not compress.
// LATER is a module that is loaded later, from beside the glue, which then gets what loads it.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
const { transformSync } = createRequire(new URL('../end2end/package.json', import.meta.url))('esbuild');

const [names, program, glue, later] = process.argv.slice(2);
const { imports, exports } = JSON.parse(readFileSync(names, 'utf8'));
const exported = new Map(exports);
const compiled = (file) => new WebAssembly.Module(readFileSync(file));
const wanted = WebAssembly.Module.imports(compiled(program));
const [{ module: after }] = wanted;
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
let code = readFileSync(glue, 'utf8');
function replace(pattern, replacement, what) {
  if (!pattern.test(code)) throw new Error(`${what} is not in the glue.`);
  code = code.replace(pattern, replacement);
}

// The function that loads a module comes from a script of its own, for which there is a place in the glue.
const LOADERS = './__wasm_split.js';
const [before] = imports.map(([from]) => from).filter((from) => from !== LOADERS);
if (imports.some(([from]) => from !== before && from !== LOADERS) || wanted.some(({ module: from }) => from !== after)) {
  throw new Error('The module imports from more than one place.');
}
if (later) {
  const loaders = imports.filter(([from]) => from === LOADERS);
  if (loaders.length !== 1) throw new Error('There is not exactly one module to load later.');
  const [[, loader]] = loaders;
  replace(new RegExp(`^import \\* as import1 from "${escaped(LOADERS)}"\n`), '', 'The import of loaders');
  replace(new RegExp(`^ +"${escaped(LOADERS)}": import1,\n`, 'm'), '', 'The object of loaders');
  replace(/^    const import0 = \{\n(?: +__proto__: null,\n)?/m, (start) => `${start}        ${loader}: loadLater,\n`, 'The object of imports');
  // What it imports are exports of the module that is loaded first. Both stand for one program, so both share a build.
  const SHARED = '__wasm_split';
  const shared = WebAssembly.Module.imports(compiled(later));
  if (shared.some(({ module: from }) => from !== SHARED)) throw new Error('The later module imports from elsewhere.');
  const entries = [...new Set(shared.map(({ name }) => name))].map((name) => `${name}: wasm.${name}`);
  // A failure is not remembered: the next call tries again.
  code += `
let later;
function loadLater(callback, data) {
  later ??= WebAssembly.instantiateStreaming(
    fetch(new URL("./${basename(later)}", import.meta.url)),
    { ${SHARED}: { ${entries.join(', ')} } },
  );
  const tell = (isHere) => wasm.__indirect_function_table.get(callback)(data, isHere);
  later.then(() => tell(true), () => { later = undefined; tell(false); });
}
`;
}

// The imports are the functions of one object, which has the name of the place.
replace(new RegExp(`"${escaped(before)}": `), () => `"${after}": `, before);
for (const [, long, short] of imports) {
  replace(new RegExp(`^( +)${escaped(long)}: `, 'm'), (_, indent) => `${indent}${short}: `, long);
}
code = code.replace(/\bwasm\.(\w+)/g, (_, long) => {
  const short = exported.get(long);
  if (short === undefined) throw new Error(`The module does not export ${long}.`);
  return `wasm.${short}`;
});
if (/\bwasm\[/.test(code)) throw new Error('The glue looks an export up by a name that is not known here.');

writeFileSync(glue, transformSync(code, { minify: true, format: 'esm', target: 'es2020' }).code);
