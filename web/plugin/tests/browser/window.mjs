// The window: how it is closed, what it says, who can use it.
import { AxeBuilder } from '@axe-core/playwright';
import { check, configured, equal, SIZES, untracked, visit } from './lib.mjs';

/** How each state is reached on a static host; the last step is awaited, then the test does what it is about. */
const STATES = {
  loading: { routes: { '**/app_config.json': () => undefined }, options: {}, reach: (v) => v.title('Getting ready') },
  asking: { freeze: true, options: {}, reach: (v) => v.title('Allow the camera') },
  align: { options: { action: ['video_selfie_left'] }, routes: { '**/ort.wasm.gz': () => undefined }, reach: (v) => v.hint('Place your face') },
  gesture: { options: { action: ['video_selfie_left'] }, routes: untracked, reach: (v) => v.hint('Turn your head left') },
  document: { options: { action: ['photo_id_front'] }, reach: (v) => v.hint('front of your document') },
  review: {
    options: { action: ['photo_id_front'] },
    reach: async (v) => {
      await v.hint('front of your document');
      await v.shadow('.shutter').click();
      await v.title('sharp and readable');
    },
  },
};

async function reached(from, url, name, more = {}) {
  const { options, reach, routes = {}, freeze = false } = STATES[name];
  const v = await visit(from, url, { routes, ...more });
  if (freeze) await v.page.evaluate(() => { MediaDevices.prototype.getUserMedia = () => new Promise(() => undefined); });
  await v.start(options);
  await reach(v);
  return v;
}

async function endedBy(way, { film, url }) {
  for (const name of Object.keys(STATES)) {
    const v = await reached(await film('face'), url, name);
    await v.page.evaluate((method) => window.OzLiveness[method](), way);
    equal([await v.live(), await v.names(), await v.shadow('.window').count()], [0, ['on_close'], 0], `${way}() while ${name}`);
    equal(v.faults, [], `page errors, ${way}() while ${name}`);
    await v.end();
  }
}

export const tests = {
  close_at_every_state: (all) => endedBy('close', all),
  hide_at_every_state: (all) => endedBy('hide', all),

  async close_while_the_camera_is_starting({ film, url }) {
    const v = await visit(await film('face'), url);
    await v.page.evaluate(async () => {
      window.start({});
      while (window.asked === 0) await new Promise((resolve) => setTimeout(resolve));
      window.OzLiveness.close();
    });
    // Whatever was still on its way has come by the time another stream was opened.
    const left = await v.page.evaluate(async () => {
      const mine = await navigator.mediaDevices.getUserMedia({ video: true });
      for (const track of mine.getTracks()) track.stop();
      return window.live();
    });
    equal(left, 0, 'live tracks');
    await v.end();
  },

  async escape_tells_that_the_person_left({ film, url }) {
    const v = await reached(await film('face'), url, 'align');
    await v.page.keyboard.press('Escape');
    equal(await v.names(), ['on_error', 'on_close'], 'callbacks');
    equal((await v.values('on_error'))[0].code, 'user_closed', 'code');
    await v.end();
  },

  async keyboard_stays_inside_and_comes_back({ film, url }) {
    const v = await visit(await film('face'), url);
    await v.page.focus('#open');
    await v.start({ action: ['photo_id_front'] });
    await v.hint('front of your document');
    const focused = () => v.page.evaluate(() => document.querySelector('oz-liveness').shadowRoot.activeElement?.className ?? '');
    equal(await focused(), 'shutter', 'focus on the screen of a document');
    const seen = new Set();
    for (let i = 0; i < 6; ++i) {
      await v.page.keyboard.press('Tab');
      seen.add(await focused());
    }
    check(seen.has('close') && seen.has('shutter') && !seen.has(''), `tabbed through ${[...seen].join(', ')}`);
    await v.page.evaluate(() => window.OzLiveness.close());
    equal(await v.page.evaluate(() => document.activeElement.id), 'open', 'focus after it');
    await v.end();
  },

  async axe_finds_nothing_serious({ film, url }) {
    const bad = async (v, name) => {
      const { violations } = await new AxeBuilder({ page: v.page }).include('oz-liveness').analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      equal(serious.map(({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 80)}`), [], `axe, ${name}`);
      await v.end();
    };
    for (const name of Object.keys(STATES)) await bad(await reached(await film('face'), url, name, { context: SIZES.phone }), name);
    const v = await visit(await film('none'), url);
    await v.start({});
    await v.title('No camera was found');
    await bad(v, 'no camera');
    const denied = await visit(await film('face'), url, { allowed: false, context: SIZES.phone });
    await denied.start({});
    await denied.title('Allow the camera in Chrome');
    await bad(denied, 'camera denied');
  },

  async hints_are_read_out({ film, url }) {
    const v = await reached(await film('face'), url, 'gesture');
    await v.shadow('[aria-live=assertive]').getByText('Turn your head left').waitFor({ state: 'attached' });
    await v.end();
  },

  async languages({ film, url }) {
    const v = await visit(await film('face'), url, { context: { locale: 'pt-PT' }, routes: configured({}) });
    equal(await v.page.evaluate(() => [window.OzLiveness.get_langs(), ['ozLiveness', 'OZLiveness', 'Ozliveness'].every((name) => window[name] === window.OzLiveness)]),
      [['en', 'es', 'pt-br', 'kz'], true], 'languages and aliases');
    const says = async (lang, text) => {
      await v.start({ action: ['photo_id_front'], ...(lang && { lang }) });
      await v.hint(text);
      await v.page.evaluate(() => window.OzLiveness.close());
    };
    await says(undefined, 'Encaixe a frente');
    await says('es', 'anverso');
    await says('kk', 'алдыңғы');
    await v.page.evaluate(() => window.OzLiveness.add_lang('ar', { oz_action_photo_id_front_go: 'ضع الوثيقة في الإطار' }));
    await v.start({ action: ['photo_id_front'], lang: 'ar' });
    await v.hint('ضع الوثيقة');
    equal(await v.shadow('.window').getAttribute('dir'), 'rtl', 'direction');
    await v.page.evaluate(() => window.OzLiveness.close());
    await v.start({ lang: 'xx' });
    await v.title('Algo deu errado');
    equal((await v.values('on_error'))[0].code, 'lang_not_available', 'code of an unknown language');
    await v.end();
  },

  async not_in_a_frame({ film, url }) {
    const v = await visit(await film('face'), url);
    const outer = await v.context.newPage();
    await outer.route('**/outer.html', (route) => route.fulfill({ contentType: 'text/html',
      body: '<iframe src="page.html" allow="camera" width="600" height="500"></iframe>' }));
    await outer.goto(`${url}outer.html`);
    const frame = outer.frames()[1];
    await frame.waitForFunction(() => window.OzLiveness);
    await frame.evaluate(() => window.start({}));
    await frame.waitForFunction(() => window.calls.some(({ name }) => name === 'on_error'));
    equal(await frame.evaluate(() => window.calls[0].value.code), 'iframe_not_allowed', 'code');
    await v.end();
  },

  async phone_on_its_side_is_told({ film, url }) {
    const v = await reached(await film('face'), url, 'align', { context: SIZES.phone });
    await v.page.setViewportSize({ width: 844, height: 390 });
    await v.shadow('.cover').getByText('Turn your phone upright').waitFor();
    await v.page.setViewportSize({ width: 390, height: 844 });
    await v.shadow('.cover').waitFor({ state: 'hidden' });
    await v.end();
  },

  async configuration_that_is_missing({ film, url }) {
    let there = false;
    const v = await visit(await film('face'), url, { routes: { '**/app_config.json': (route) => (there ? route.fallback() : route.abort()) } });
    await v.start({ action: ['photo_id_front'] });
    await v.title('Something went wrong');
    equal((await v.values('on_error'))[0].code, 'error_connection_lost', 'code');
    there = true;
    await v.shadow('.go').click();
    await v.hint('front of your document');
    await v.end();
  },

  async style_and_antiscam({ film, url }) {
    const v = await visit(await film('face'), url, { routes: untracked });
    await v.start({
      action: ['video_selfie_left'],
      style: { antiscamCustomization: { enableAntiscam: true, textMessage: 'Nobody may ask you to do this.' },
        centerHintCustomization: { textSize: '20px', backgroundColor: '#123456' }, face_color_fail: '#00ff00' },
    });
    await v.shadow('.scam').getByText('Nobody may ask').waitFor();
    const looks = await v.shadow('.hint').evaluate((hint) => [getComputedStyle(hint).fontSize, getComputedStyle(hint, '::before').backgroundColor,
      getComputedStyle(hint.parentElement.querySelector('.frame')).stroke]);
    equal(looks.slice(0, 2), ['20px', 'rgb(18, 52, 86)'], 'the hint');
    await v.end();
  },
};
