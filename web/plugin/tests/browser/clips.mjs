// Films for Chromium's fake camera, made by FFmpeg from a sample photo: MJPEG, 640x480, looped by the browser.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

// The photo scaled so that its face fits the frame on the stage, with wall above it; the camera drifts as a hand does.
const HELD = 'crop=910:682:20:0,scale=640:480,pad=740:620:40:120:0x6a3a34,crop=640:480:65+3*sin(n/9):12+3*cos(n/11)';

// Moves the tip of the nose sideways against eyes and mouth, which is what a turning head looks like to the measures of
// docs/gestures.md: ahead for two seconds, then over within half a second, held, and back.
const NOSE = { x: 322, y: 290, reach: 26, across: 200, down: 150 };
function turned(pixels) {
  const { x, y, reach, across, down } = NOSE;
  const much = `${pixels}*min(1,max(0,(N-50)/12))*min(1,max(0,(112-N)/12))`;
  const from = `X-(${much})*exp(-((X-${across / 2})*(X-${across / 2})+(Y-${down / 2})*(Y-${down / 2}))/${2 * reach * reach})`;
  return `crop=910:682:20:0,scale=640:480,pad=740:620:40:120:0x6a3a34,crop=640:480:65:12,format=gbrp,split[whole][near];` +
    `[near]crop=${across}:${down}:${x - across / 2}:${y - down / 2},geq=r='r(${from},Y)':g='g(${from},Y)':b='b(${from},Y)'[moved];` +
    `[whole][moved]overlay=${x - across / 2}:${y - down / 2}:format=gbrp`;
}

export const CLIPS = {
  face: { seconds: 4, graph: HELD },
  left: { seconds: 5, graph: turned(34) },
  right: { seconds: 5, graph: turned(-34) },
};

export function clip(name, samples, folder) {
  const { seconds, graph } = CLIPS[name];
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.mjpeg`), stamp = `${path}.stamp`;
  const photo = join(samples, 'person-a-1.jpg');
  const recipe = createHash('sha256').update(graph).update(readFileSync(photo)).digest('hex');
  if (existsSync(path) && statSync(path).size > 0 && existsSync(stamp) && readFileSync(stamp, 'utf8') === recipe) return path;
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-threads', '1', '-filter_threads', '1', '-framerate', '25', '-loop', '1',
    '-t', String(seconds), '-i', photo, '-vf', `${graph},format=yuvj420p`, '-r', '25', '-q:v', '3', '-an', '-f', 'mjpeg', `${path}.new`],
  { timeout: 300_000 });
  renameSync(`${path}.new`, path);
  writeFileSync(stamp, recipe);
  return path;
}
