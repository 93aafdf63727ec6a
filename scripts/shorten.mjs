// Gives the glue between JavaScript and WebAssembly the short names that wasm-opt gave the module, and takes out what only
// people read: node scripts/shorten.mjs NAMES GLUE. The long ones end in digits of a hash, which nothing compresses.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
const { transformSync } = createRequire(new URL('../end2end/package.json', import.meta.url))('esbuild');

const [names, glue] = process.argv.slice(2);
const { imports, exports } = JSON.parse(readFileSync(names, 'utf8'));
const exported = new Map(exports);
let code = readFileSync(glue, 'utf8');

// What the module takes: the functions of one object, under their names, and that object under its own.
const [module] = imports[0];
if (imports.some(([other]) => other !== module)) throw new Error('The module takes things from more than one place.');
const place = `"${module}": `;
if (!code.includes(place)) throw new Error(`${module} is not in the glue.`);
code = code.replace(place, '"a": ');
for (const [, long, short] of imports) {
  const name = new RegExp(`^( +)${long.replaceAll('$', '\\$')}: `, 'm');
  if (!name.test(code)) throw new Error(`${long} is not in the glue.`);
  code = code.replace(name, (_, indent) => `${indent}${short}: `);
}

// What the module gives.
code = code.replace(/\bwasm\.(\w+)/g, (_, long) => {
  const short = exported.get(long);
  if (short === undefined) throw new Error(`${long} is not in the module.`);
  return `wasm.${short}`;
});

writeFileSync(glue, transformSync(code, { minify: true, format: 'esm', target: 'es2020' }).code);
