// Builds dist/: ozliveness.js (one script for pages), ozliveness.mjs (for bundlers), assets/ (the tracking worker and
// the runtime it uses), types/ and manifest.json.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'dist');
const read = (path) => readFileSync(join(here, path));
const catalog = join(here, '../../models/catalog.json');

// Assets are cached for ever under the version, so it changes with whatever they are made from.
function versionOf() {
  const digest = createHash('sha256');
  const files = readdirSync(join(here, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
  for (const file of [...files, join(here, 'package-lock.json'), join(here, '../../models/gestures.json'), catalog]) {
    if (existsSync(file)) digest.update(readFileSync(file));
  }
  return `${JSON.parse(read('package.json')).version}-${digest.digest('hex').slice(0, 10)}`;
}

// The bundler would take the runtime's WebAssembly into the worker as text, which the worker fetches by itself.
const leaveWasm = {
  name: 'leave-wasm',
  enforce: 'pre',
  transform: (code) => (code.includes('ort-wasm-simd-threaded')
    ? code.replace(/new URL\("([^"]+\.wasm)",\s*import\.meta\.url\)/g, '(new URL("$1", self.location.href))') : undefined),
};

async function bundle(version, entry, format, file) {
  await build({
    root: here,
    configFile: false,
    logLevel: 'warn',
    define: { __VERSION__: JSON.stringify(version) },
    plugins: [leaveWasm],
    build: {
      target: entry.endsWith('worker.ts') ? 'es2022' : 'es2017',
      outDir: dirname(join(out, file)),
      emptyOutDir: false,
      minify: true,
      sourcemap: false,
      assetsInlineLimit: 0,
      lib: { entry: join(here, entry), formats: [format], name: 'OzLivenessScript', fileName: () => file.split('/').pop() },
    },
  });
}

async function main() {
  const version = versionOf();
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'assets'), { recursive: true });
  await bundle(version, 'src/script.ts', 'iife', 'ozliveness.js');
  await bundle(version, 'src/index.ts', 'es', 'ozliveness.mjs');
  await bundle(version, 'src/track/worker.ts', 'es', 'assets/tracker.js');
  const wasm = read('node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm');
  writeFileSync(join(out, 'assets/ort.wasm.gz'), gzipSync(wasm, { level: 9 }));
  writeFileSync(join(out, 'ozliveness.css'), '/* The plugin brings its own styles into its shadow root. This file is here for older pages. */\n');
  const assets = readdirSync(join(out, 'assets')).sort();
  writeFileSync(join(out, 'manifest.json'), JSON.stringify({ version, script: 'ozliveness.js', assets }, null, 2) + '\n');
  execFileSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '--noEmit', 'false', '--declaration',
    '--emitDeclarationOnly', '--rootDir', 'src', '--outDir', join(out, 'types'), '-p', join(here, 'tsconfig.build.json')],
  { stdio: 'inherit' });
  console.log(`ozliveness ${version}`);
}

await main();
