// Renames the imports and exports in wasm-bindgen's glue as wasm-opt renamed them in the module, and minifies the glue:
// node scripts/shorten.mjs NAMES MODULE GLUE. The original names end in digits of a hash, which do not compress.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
const { transformSync } = createRequire(new URL('../end2end/package.json', import.meta.url))('esbuild');

const [names, program, glue] = process.argv.slice(2);
const { imports, exports } = JSON.parse(readFileSync(names, 'utf8'));
const exported = new Map(exports);
const wanted = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(program)));
const [before] = imports[0];
const [{ module: after }] = wanted;
if (imports.some(([from]) => from !== before) || wanted.some(({ module: from }) => from !== after)) {
  throw new Error('The module imports from more than one place.');
}

let code = readFileSync(glue, 'utf8');
function replace(pattern, replacement, what) {
  if (!pattern.test(code)) throw new Error(`${what} is not in the glue.`);
  code = code.replace(pattern, replacement);
}
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

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
