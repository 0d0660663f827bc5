// The tracking worker: finds faces and their landmarks with the catalog's networks, off the page's own thread.
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { areaOf } from './geometry';
import { measure } from './measures';
import type { FromWorker, Look, ToWorker } from './messages';
import {
  back, decodeRfb, greyAt, lightAndSharpness, placed, planes, shapeOf, squareOf, suppressed, SURE,
  type Candidate, type Network, type Networks,
} from './networks';

const scope = self as unknown as {
  name: string; onmessage: ((event: MessageEvent<ToWorker>) => void) | null; postMessage(message: FromWorker): void;
};

interface Loaded {
  networks: Networks;
  detector: InferenceSession;
  landmarks: InferenceSession;
  frame: OffscreenCanvasRenderingContext2D;
  face: OffscreenCanvasRenderingContext2D;
}

let loaded: Loaded | null = null;
let lastRoll = 0;

async function bytes(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url, { credentials: 'omit' });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.arrayBuffer();
}

// The runtime is kept compressed beside the script: hosts seldom compress WebAssembly. A host that has undone that
// already gives the plain bytes.
async function unpacked(data: ArrayBuffer): Promise<ArrayBuffer> {
  const [first, second] = new Uint8Array(data, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return data;
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

function context(network: Network): OffscreenCanvasRenderingContext2D {
  const canvas = new OffscreenCanvas(network.input.width, network.input.height);
  const drawing = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (drawing === null) throw new Error('This browser cannot draw in a worker.');
  drawing.imageSmoothingEnabled = true;
  drawing.imageSmoothingQuality = 'medium';
  return drawing;
}

async function load(message: Extract<ToWorker, { type: 'init' }>): Promise<void> {
  const started = performance.now();
  const [wasm, detector, landmarks, description] = await Promise.all([
    bytes(message.wasm).then(unpacked), bytes(message.detector), bytes(message.landmarks),
    fetch(message.networks, { credentials: 'omit' }).then((answer) => answer.json() as Promise<Networks>),
  ]);
  env.wasm.wasmBinary = wasm;
  env.wasm.numThreads = message.threads;
  env.wasm.proxy = false;
  env.logLevel = 'error';
  const options: InferenceSession.SessionOptions = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' };
  loaded = {
    networks: description,
    detector: await InferenceSession.create(new Uint8Array(detector), options),
    landmarks: await InferenceSession.create(new Uint8Array(landmarks), options),
    frame: context(description.detector),
    face: context(description.landmarks),
  };
  scope.postMessage({ type: 'ready', tookMs: performance.now() - started, threads: message.threads });
}

async function run(session: InferenceSession, network: Network, data: Float32Array): Promise<Float32Array[]> {
  const { name, width, height, colour } = network.input;
  const tensor = new Tensor('float32', data, [1, colour === 'grey' ? 1 : 3, height, width]);
  const answer = await session.run({ [name]: tensor });
  return network.outputs.map((output) => answer[output]?.data as Float32Array);
}

async function find(picture: ImageBitmap, with_: Loaded): Promise<Candidate[]> {
  const { input, parameters } = with_.networks.detector;
  const place = placed(picture, input);
  with_.frame.fillStyle = '#000';
  with_.frame.fillRect(0, 0, input.width, input.height);
  with_.frame.drawImage(picture, place.left, place.top, place.right - place.left, place.bottom - place.top);
  const pixels = with_.frame.getImageData(0, 0, input.width, input.height).data;
  const [scores, boxes] = await run(with_.detector, with_.networks.detector, planes(pixels, with_.networks.detector));
  if (scores === undefined || boxes === undefined) return [];
  return suppressed(decodeRfb(scores, boxes, input, SURE), Number(parameters['nms'] ?? 0.4))
    .map((candidate) => ({ ...candidate, box: back(candidate.box, place, picture) }))
    .sort((a, b) => areaOf(b.box) - areaOf(a.box));
}

async function look(id: number, picture: ImageBitmap, with_: Loaded): Promise<Look> {
  const started = performance.now();
  const found = await find(picture, with_);
  const [largest] = found;
  const boxes = found.map((candidate) => candidate.box);
  if (largest === undefined) {
    lastRoll = 0;
    return { id, boxes, shape: null, light: 0, sharpness: 0, tookMs: performance.now() - started };
  }
  const seen = await mark(picture, largest.box, lastRoll, with_);
  const measured = seen.shape ? measure(seen.shape, Math.min(picture.width, picture.height)) : null;
  lastRoll = measured?.roll ?? 0;
  return { id, boxes, ...seen, tookMs: performance.now() - started };
}

async function mark(picture: ImageBitmap, box: Candidate['box'], roll: number, with_: Loaded) {
  const network = with_.networks.landmarks;
  const square = squareOf(box, roll, network);
  const unit = network.input.width, scale = unit / square.side;
  const drawing = with_.face;
  drawing.setTransform(1, 0, 0, 1, 0, 0);
  drawing.fillStyle = '#000';
  drawing.fillRect(0, 0, unit, unit);
  drawing.translate(unit / 2, unit / 2);
  drawing.rotate((-square.roll * Math.PI) / 180);
  drawing.scale(scale, scale);
  drawing.drawImage(picture, -square.x, -square.y);
  const pixels = drawing.getImageData(0, 0, unit, unit).data;
  const grey = Float32Array.from({ length: unit * unit }, (_, i) => greyAt(pixels, i));
  const [numbers] = await run(with_.landmarks, network, planes(pixels, network));
  return { shape: numbers ? shapeOf(numbers, square) : null, ...lightAndSharpness(grey, unit, unit) };
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// The runtime starts its own threads from this very file; they must not answer for the worker.
if (!scope.name.startsWith('em-pthread')) {
  scope.onmessage = ({ data }) => {
    if (data.type === 'init') {
      load(data).catch((error: unknown) => scope.postMessage({ type: 'failed', message: words(error) }));
      return;
    }
    const { id, picture } = data;
    const answer = loaded === null ? Promise.reject(new Error('not loaded')) : look(id, picture, loaded);
    answer
      .then((seen) => scope.postMessage({ type: 'seen', ...seen }))
      .catch((error: unknown) => scope.postMessage({ type: 'failed', message: words(error) }))
      .finally(() => picture.close());
  };
}
