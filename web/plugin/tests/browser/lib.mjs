// What the browser tests share: a plain static server, Chromium with a camera fed from a file, questions to the page.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { clip } from './clips.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(here, '../../../..');
export const SITE = join(ROOT, 'build/web/static');
const CHROMIUM = process.env.OZMA_CHROMIUM ?? '/usr/bin/chromium';
const SAMPLES = join(ROOT, 'samples');

/** Serves the folder that `scripts/web static` laid out, as any web server would; gives its address. */
export async function serve() {
  for (const name of ['page.html', 'page.css', 'page.js']) cpSync(join(here, name), join(SITE, name));
  const server = spawn('python3', ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', SITE], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(createInterface({ input: server.stdout }), 'line');
  return { url: `http://127.0.0.1:${/port (\d+)/.exec(line)[1]}/`, stop: () => server.kill() };
}

/** A browser whose camera shows `film`; 'device' is Chromium's own test picture, 'none' no camera at all. */
export async function browser(film) {
  const args = ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'];
  if (film !== 'none') args.push('--use-fake-device-for-media-stream');
  if (film !== 'none' && film !== 'device') {
    args.push(`--use-file-for-fake-video-capture=${clip(film, SAMPLES, join(ROOT, 'build/web/clips'))}`);
  }
  return chromium.launch({ executablePath: CHROMIUM, args });
}

export const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2,
    userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36' },
  tablet: { viewport: { width: 834, height: 1112 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** The page, open in a context of its own, with what a test asks it. */
export async function visit(from, url, { allowed = true, context: more = {}, routes = {}, page: name = 'page.html' } = {}) {
  const context = await from.newContext({ ...SIZES.desktop, locale: 'en-GB', ...more, ...(allowed && { permissions: ['camera'] }) });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  for (const [pattern, answer] of Object.entries(routes)) await page.route(pattern, answer);
  await page.goto(name === 'about:blank' ? name : new URL(name, url).href);
  const shadow = (what) => page.locator(`oz-liveness ${what}`);
  return {
    page, context, faults, shadow,
    start: (options) => page.evaluate((given) => window.start(given), options),
    names: () => page.evaluate(() => window.calls.map((call) => call.name)),
    values: (wanted) => page.evaluate((asked) => window.calls.filter((call) => call.name === asked).map((call) => call.value), wanted),
    live: () => page.evaluate(() => window.live()),
    hint: (text, timeout = 30_000) => shadow('.hint').getByText(text, { exact: false }).waitFor({ timeout }),
    title: (text, timeout = 30_000) => shadow('.panel h2').getByText(text, { exact: false }).waitFor({ timeout }),
    called: (wanted, timeout = 30_000) => page.waitForFunction((asked) => window.calls.some((call) => call.name === asked), wanted, { timeout }),
    end: () => context.close(),
  };
}

/** A configuration in place of the folder's own; in `capture` that is a file somebody writes. */
export const configured = (config) => ({
  '**/app_config.json': (route) => route.fulfill({ json: { architecture: 'capture', ...config } }),
});
/** As if the tracking worker were not there: guidance by time. */
export const untracked = { '**/tracker.js': (route) => route.abort() };

export function equal(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, expected ${b}`);
}
export function check(condition, what) {
  if (!condition) throw new Error(what);
}
