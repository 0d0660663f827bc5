// One thread of @vladmandic/human (TensorFlow.js, WebAssembly with SIMD) on one picture: mean milliseconds of each job,
// as a line of JSON.
//
//     node human_peer.js MODULES PICTURE WIDTH HEIGHT SECONDS
//
// MODULES is a folder with node_modules, PICTURE holds raw RGB. scripts/bench.py installs and runs this. All models come
// from the package itself: fetch below answers from the disk and knows no other way.
'use strict';

const fs = require('fs');
const path = require('path');

const MODELS = 'http://models/';

function serveModels(folder) {
  globalThis.fetch = async (address) => {
    const name = path.basename(new URL(String(address)).pathname);
    const type = name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    return new Response(fs.readFileSync(path.join(folder, name)), {headers: {'Content-Type': type}});
  };
}

// Every call is a picture of its own: nothing is carried over from the frame before. `on` names the parts of the face chain in use.
function config(wasm, on) {
  const face = {enabled: true};
  for (const part of ['detector', 'mesh', 'attention', 'iris', 'emotion', 'description', 'antispoof', 'liveness', 'gear']) {
    face[part] = {enabled: on.includes(part), skipFrames: 0, skipTime: 0};
  }
  face.detector = {...face.detector, maxDetected: 10, minConfidence: 0.5, rotation: false, return: false};
  return {
    backend: 'wasm', wasmPath: wasm, wasmPlatformFetch: false, modelBasePath: MODELS, cacheModels: false, cacheSensitivity: 0,
    debug: false, async: false, warmup: 'none', filter: {enabled: false}, gesture: {enabled: false}, face,
    body: {enabled: false}, hand: {enabled: false}, object: {enabled: false}, segmentation: {enabled: false},
  };
}

async function measure(seconds, batch, call) {
  for (let i = 0; i < 3; ++i) await call();
  const begin = performance.now();
  let calls = 0;
  let passed = 0;
  do {
    for (let i = 0; i < batch; ++i) await call();
    calls += batch;
    passed = performance.now() - begin;
  } while (passed < seconds * 1000);
  return passed / calls;
}

async function main() {
  const [modules, picture, width, height, seconds] = process.argv.slice(2);
  const home = path.join(path.resolve(modules), 'node_modules');
  serveModels(path.join(home, '@vladmandic/human/models'));
  const {Human} = require(path.join(home, '@vladmandic/human/dist/human.node-wasm.js'));
  const wasm = path.join(home, '@tensorflow/tfjs-backend-wasm/dist') + path.sep;
  const jobs = {
    detect: ['detector'],
    extract: ['detector', 'mesh', 'description'],
    liveness: ['detector', 'mesh', 'antispoof', 'liveness'],
  };

  const answer = {};
  let embedding = [];
  let human;
  for (const [job, parts] of Object.entries(jobs)) {
    human = new Human(config(wasm, parts));
    await human.load();
    await human.tf.ready();
    const input = human.tf.tensor3d(new Uint8Array(fs.readFileSync(picture)), [Number(height), Number(width), 3], 'int32');
    const found = (await human.detect(input)).face;
    if (found.length !== 1) throw new Error(`Human found ${found.length} faces; one is needed.`);
    if (parts.includes('description')) embedding = found[0].embedding;
    if (parts.includes('liveness') && !(found[0].live >= 0 && found[0].real >= 0)) throw new Error('Human gave no liveness.');
    answer[job] = await measure(Number(seconds), 1, () => human.detect(input));
    input.dispose();
  }
  if (!embedding || embedding.length < 128) throw new Error('Human gave no embedding.');
  const other = [...embedding];
  answer.compare = await measure(Number(seconds), 1000, () => {
    other[0] += 1e-6;
    return human.match.similarity(embedding, other);
  });
  if (human.tf.getBackend() !== 'wasm') throw new Error(`Human ran on ${human.tf.getBackend()}, not on WebAssembly.`);
  answer.simd = await human.tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  answer.threads = await human.tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

main().then(() => process.exit(0), (failure) => {
  process.stderr.write(`human_peer: ${failure.stack}\n`);
  process.exit(1);
});
