// Checks from the click to the API, through the real adapter, whose address and service token the environment names.
import { readFileSync } from 'node:fs';
import { check, equal, visit } from './lib.mjs';

const watching = readFileSync(new URL('page.js', import.meta.url), 'utf8');
const token = process.env.OZMA_TEST_TOKEN ?? '';

/** The demo page of the adapter, under the policy that the adapter gives it. */
export async function demo(from, url, more = {}) {
  const v = await visit(from, 'about:blank', { page: 'about:blank', ...more });
  await v.page.addInitScript(watching);
  await v.page.goto(`${url}demo/`);
  await v.page.waitForFunction(() => window.OzLiveness);
  return v;
}

async function folder(url, id) {
  const answer = await fetch(`${url}api/folders/${id}?with_analyses=true`, { headers: { 'X-Forensic-Access-Token': token } });
  equal(answer.status, 200, 'the API');
  return answer.json();
}

// The lossless frame is a medium of its own beside the frames.
const tagsOf = (found) => [...new Set(found.media.flatMap(({ tags }) => tags.filter((tag) => /video_selfie_|photo_id_/.test(tag))))].sort();

export const tests = {
  async selfie_to_the_api({ film, url }) {
    const v = await demo(await film('face'), url);
    await v.start({ action: ['video_selfie_blank'], meta: { user_id: '42' } });
    await v.called('on_complete', 90_000);
    const names = await v.names();
    equal([names[0], names[1], names[names.length - 1]], ['on_capture_complete', 'on_submit', 'on_complete'], 'callbacks');
    const [result] = await v.values('on_complete');
    equal(result.state, 'finished', 'state');
    check(/^[\da-f-]{36}$/.test(result.event_session_id), `event_session_id ${result.event_session_id}`);
    const found = await folder(url, result.folder_id);
    equal([found.meta_data.user_id, tagsOf(found)], ['42', ['video_selfie_blank']], 'folder');
    equal(found.analyses.map(({ type, state }) => [type, state]).sort()[found.analyses.length - 1], ['QUALITY', 'FINISHED'], 'analysis');
    equal(result.analyses.quality.resolution, found.analyses.find(({ type }) => type === 'QUALITY').resolution_status.toLowerCase(), 'resolution');
    equal([await v.live(), await v.page.evaluate(() => window.violations), v.faults], [0, [], []], 'tracks, policy, errors');
    await v.shadow('.go').click();
    await v.called('on_close');
    await v.end();
  },

  async document_then_selfie({ film, url }) {
    const v = await demo(await film('face'), url);
    await v.start({ action: ['photo_id_front', 'video_selfie_best'] });
    await v.hint('front of your document');
    await v.shadow('.shutter').click();
    await v.shadow('.go').click();
    await v.called('on_complete', 90_000);
    const [result] = await v.values('on_complete');
    const found = await folder(url, result.folder_id);
    equal(tagsOf(found), ['photo_id_front', 'video_selfie_best'], 'media');
    equal(found.analyses.map(({ type }) => type).sort(), ['BIOMETRY', 'QUALITY'], 'analyses');
    // The document and the selfie are the same photo.
    equal(result.analyses.biometry.resolution, 'success', 'biometry');
    await v.end();
  },

  async upload_whose_answer_was_cut_is_sent_again({ film, url }) {
    const v = await demo(await film('face'), url);
    const ids = [];
    await v.page.route('**/session/*/media', async (route) => {
      ids.push(/"upload_id":"([^"]+)"/.exec(route.request().postDataBuffer().toString('latin1'))[1]);
      if (ids.length > 1) return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    await v.start({ action: ['photo_id_front'] });
    await v.hint('front of your document');
    await v.shadow('.shutter').click();
    await v.shadow('.go').click();
    await v.called('on_submit', 60_000);
    equal([ids.length, ids[0] === ids[1]], [2, true], 'uploads and their id');
    await v.page.evaluate(() => window.OzLiveness.close());
    await v.end();
  },

  async hide_while_it_is_judged({ film, url }) {
    const v = await demo(await film('face'), url);
    await v.start({ action: ['video_selfie_blank'] });
    await v.called('on_submit', 90_000);
    await v.page.evaluate(() => window.OzLiveness.hide());
    equal(await v.shadow('.window').isVisible(), false, 'the window');
    await v.called('on_close', 60_000);
    equal((await v.names()).slice(-2), ['on_complete', 'on_close'], 'callbacks');
    await v.end();
  },

  async close_while_it_is_sent({ film, url }) {
    const v = await demo(await film('face'), url);
    await v.page.route('**/session/*/media', () => undefined);
    await v.start({ action: ['video_selfie_blank'] });
    await v.title('Sending', 60_000);
    await v.page.evaluate(() => window.OzLiveness.close());
    equal([await v.names(), await v.live()], [['on_capture_complete', 'on_close'], 0], 'callbacks and tracks');
    await v.end();
  },

  async connection_lost_and_found({ film, url }) {
    const v = await demo(await film('face'), url);
    let cut = true;
    await v.page.route('**/session/*/media', (route) => (cut ? route.abort('connectionreset') : route.continue()));
    await v.start({ action: ['photo_id_front'] });
    await v.hint('front of your document');
    await v.shadow('.shutter').click();
    await v.shadow('.go').click();
    await v.title('Something went wrong', 60_000);
    equal((await v.values('on_error'))[0].code, 'error_connection_lost', 'code');
    cut = false;
    await v.shadow('.go').click();
    await v.called('on_submit', 60_000);
    await v.end();
  },
};
