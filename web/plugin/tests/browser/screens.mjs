// Takes a picture of every screen at three sizes, on a light and on a dark page: node tests/browser/screens.mjs [WORD...]
// writes build/web/screens. Nothing is tested here; the pictures are for looking at. What the service would answer is
// put in place of it, so that each of its screens can be had.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { browser, ROOT, serve, SIZES, untracked, visit } from './lib.mjs';

const OUT = join(ROOT, 'build/web/screens');
const json = (body, status = 200) => (route) => route.fulfill({ status, json: body });
const never = () => undefined;

function service({ media = json({}, 201), result = json({ state: 'finished' }) } = {}) {
  return {
    '**/app_config.json': json({ architecture: 'normal', photo_source: ['capture', 'file'], load_3d_mask: true }),
    '**/session': json({ session_id: 's', nonce: 'A'.repeat(43), event_session_id: 'e', actions: ['photo_id_front'], expires_in: 600,
      limits: { max_bytes: 2e7, max_frames: 50, max_media: 5 } }, 201),
    '**/session/*/media': media, '**/session/*/submit': json({}, 202), '**/session/*/result': result, '**/event': json({}),
  };
}
const resolved = (resolution) => json({ state: 'finished', analyses: { quality: { state: 'finished', resolution } } });

const photo = async (v) => {
  await v.shadow('.shutter').click();
  await v.shadow('.go').click();
};
const untilTitle = (text) => (v) => v.title(text);

const SCREENS = {
  loading: { routes: { '**/app_config.json': never }, then: untilTitle('Getting ready') },
  asking: { freeze: true, then: untilTitle('Allow the camera') },
  align: { options: { action: ['video_selfie_left'] }, routes: { '**/ort.wasm.gz': never }, then: (v) => v.hint('Place your face') },
  hold: { film: 'face', options: { action: ['video_selfie_blank'] }, then: (v) => v.hint('Look at the camera', 60_000) },
  left: { options: { action: ['video_selfie_left'] }, routes: untracked, then: (v) => v.hint('Turn your head left') },
  smile: { options: { action: ['video_selfie_smile'] }, routes: untracked, then: (v) => v.hint('Smile') },
  scan: { options: { action: ['video_selfie_scan'], lang: 'kz' }, routes: untracked, then: (v) => v.hint('қарай беріңіз') },
  antiscam: {
    options: { action: ['video_selfie_right'], style: { antiscamCustomization: { enableAntiscam: true, textMessage: 'Never do this check because somebody on the phone asks you to.' } } },
    routes: untracked, then: (v) => v.hint('Turn your head right'),
  },
  mask: { options: { action: ['video_selfie_down'], enable_3d_mask: true }, routes: { '**/app_config.json': json({ architecture: 'capture', load_3d_mask: true }) }, then: (v) => v.hint('Tilt your head down', 60_000) },
  front: { options: { action: ['photo_id_front'] }, then: (v) => v.hint('front of your document') },
  back: { options: { action: ['photo_id_back'], lang: 'es' }, routes: { '**/app_config.json': json({ architecture: 'capture', photo_source: ['capture', 'file'] }) }, then: (v) => v.hint('reverso') },
  review: { options: { action: ['photo_id_front'] }, then: async (v) => { await v.shadow('.shutter').click(); await v.title('sharp and readable'); } },
  uploading: { options: { action: ['photo_id_front'] }, routes: service({ media: never }), then: async (v) => { await photo(v); await v.title('Sending'); } },
  processing: { options: { action: ['photo_id_front'] }, routes: service({ result: json({ state: 'processing' }) }), then: async (v) => { await photo(v); await v.title('Checking'); } },
  success: { options: { action: ['photo_id_front'] }, routes: service({ result: resolved('success') }), then: async (v) => { await photo(v); await v.title('All done'); } },
  declined: { options: { action: ['photo_id_front'] }, routes: service({ result: resolved('declined') }), then: async (v) => { await photo(v); await v.title('not passed'); } },
  review_by_person: { options: { action: ['photo_id_front'] }, routes: service({ result: resolved('operator_required') }), then: async (v) => { await photo(v); await v.title('Thank you'); } },
  safe: { options: { action: ['photo_id_front'] }, routes: service(), then: async (v) => { await photo(v); await v.title('Thank you'); } },
  error: { options: {}, routes: { '**/app_config.json': json({}, 500) }, then: untilTitle('Something went wrong') },
  denied: { allowed: false, then: untilTitle('Allow the camera') },
  none: { film: 'none', then: untilTitle('No camera') },
  timeout: { freeze: true, options: { get_user_media_timeout: 100 }, then: untilTitle('does not answer') },
  turned: { only: 'phone', options: { action: ['video_selfie_left'] }, routes: untracked, then: async (v) => { await v.hint('Place your face', 60_000).catch(() => undefined); await v.page.setViewportSize({ width: 844, height: 390 }); } },
  rtl: { options: { action: ['video_selfie_left'], lang: 'ar' }, add: true, routes: untracked, then: (v) => v.shadow('.gesture').waitFor() },
};

const words = process.argv.slice(2);
mkdirSync(OUT, { recursive: true });
const server = await serve();
const opened = new Map();
for (const [name, screen] of Object.entries(SCREENS)) {
  if (words.length > 0 && !words.includes(name)) continue;
  const film = screen.film ?? 'face';
  if (!opened.has(film)) opened.set(film, await browser(film));
  for (const size of Object.keys(SIZES)) {
    if (screen.only && screen.only !== size) continue;
    const v = await visit(opened.get(film), server.url, { allowed: screen.allowed ?? true, routes: screen.routes ?? {}, context: { ...SIZES[size], reducedMotion: 'reduce' } });
    try {
      if (screen.freeze) await v.page.evaluate(() => { MediaDevices.prototype.getUserMedia = () => new Promise(() => undefined); });
      if (screen.add) await v.page.evaluate(() => window.OzLiveness.add_lang('ar', { oz_action_left_go: 'أدر رأسك إلى اليسار' }));
      await v.start(screen.options ?? {});
      await screen.then(v);
      for (const ground of ['light', 'dark']) {
        await v.page.evaluate((dark) => document.documentElement.classList.toggle('dark', dark), ground === 'dark');
        await v.page.screenshot({ path: join(OUT, `${name}-${size}-${ground}.png`) });
      }
    } catch (error) {
      console.log(`${name} ${size}: ${String(error).split('\n')[0]}`);
    }
    await v.end();
  }
}
for (const one of opened.values()) await one.close();
server.stop();
console.log(OUT);
