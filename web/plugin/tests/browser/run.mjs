// Runs the browser tests: node tests/browser/run.mjs [WORD...] runs those whose name has one of the words. The site must
// be laid out in build/web/static first (scripts/web static build/web/static). With OZMA_TEST_ADAPTER, the address of an
// adapter, and OZMA_TEST_TOKEN for its API, the suite OZMA_TEST_SUITE (service or lite) runs through that adapter instead.
import * as capture from './capture.mjs';
import * as lite from './lite.mjs';
import * as service from './service.mjs';
import * as speed from './speed.mjs';
import * as window_ from './window.mjs';
import { browser, serve } from './lib.mjs';

const words = process.argv.slice(2);
const adapter = process.env.OZMA_TEST_ADAPTER;
const suites = { service, lite, capture, window: window_, speed };
const wanted = adapter ? [process.env.OZMA_TEST_SUITE ?? 'service'] : ['capture', 'window', 'speed'];
const server = adapter ? { url: adapter, stop: () => undefined } : await serve();
const opened = new Map();
// A browser starts when the first test asks for its film.
const film = (name) => {
  if (!opened.has(name)) opened.set(name, browser(name));
  return opened.get(name);
};
const given = { film, url: server.url, report: (line) => console.log(`       ${line}`) };
let passed = 0, failed = 0;
for (const suite of wanted) {
  const { tests } = suites[suite];
  for (const [name, test] of Object.entries(tests)) {
    const full = `${suite}.${name}`;
    if (words.length > 0 && !words.some((word) => full.includes(word))) continue;
    const began = Date.now();
    try {
      await test(given);
      passed += 1;
      console.log(`ok     ${full} (${Date.now() - began} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${full} (${Date.now() - began} ms)\n       ${String(error?.stack ?? error).split('\n').slice(0, 6).join('\n       ')}`);
    }
  }
}
for (const one of opened.values()) await (await one).close();
server.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
