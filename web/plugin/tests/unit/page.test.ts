import { describe, expect, it } from 'vitest';
import { browserOf, helpOf } from '../../src/browser';
import { constraintsOf, faultOf, nearestAspect } from '../../src/camera/camera';
import { worded, type Fault } from '../../src/faults';
import { actionsOf, facingOf, isMirrored } from '../../src/flow/steps';
import { addLang, directionOf, known, langs, preferred, speaker } from '../../src/lang';
import { en } from '../../src/lang/en';
import { es } from '../../src/lang/es';
import { kz } from '../../src/lang/kz';
import { ptBr } from '../../src/lang/pt-br';
import { configOf, DEFAULTS } from '../../src/net/config';
import { rulesOf, CSS } from '../../src/view/css';
import { documentFrame, faceFrame, inPicture, onStage, outline } from '../../src/view/frame';
import { contrast, legible, lengthOf, rgbOf, shareOf, STYLE, styleOf, type Style } from '../../src/view/style';
import { propertiesOf } from '../../src/view/theme';

describe('style', () => {
  it('has every key of every group by default', () => {
    expect(styleOf(undefined)).toEqual(STYLE);
    expect(Object.keys(STYLE)).toHaveLength(13);
  });
  it('takes what a page sets and passes over what is of another kind', () => {
    const style = styleOf({
      faceFrameCustomization: { geometryType: 'rectangle', strokeWidth: 8 },
      hintAnimation: { hideAnimation: 'yes' as unknown as boolean }, buttonCustomization: { cornerRadius: '4px', unknown: 1 } as Style['buttonCustomization'] & object,
    });
    expect(style.faceFrameCustomization).toMatchObject({ geometryType: 'rectangle', strokeWidth: '8', cornersRadius: '0px' });
    expect(style.hintAnimation.hideAnimation).toBe(false);
    expect(style.buttonCustomization).toEqual({ ...STYLE.buttonCustomization, cornerRadius: '4px' });
  });
  it('hears the names of before 1.0.1, and the new ones over them', () => {
    const old = {
      face_color_success: '#0f0', face_color_fail: '#f00', doc_color: '#00f', closeButton: { image: 'x.png' },
      centerHint: { textSize: '20px', color: '#eee', yPosition: '30%', fontStyle: 'italic', letterSpacing: '1px' },
      backgroundOutsideFrame: { color: '#222' },
    };
    const style = styleOf(old);
    expect(style.faceFrameCustomization).toMatchObject({ strokeFaceInFrameColor: '#0f0', strokeDefaultColor: '#f00' });
    expect(style.centerHintCustomization).toMatchObject({ textSize: '20px', textColor: '#eee', verticalPosition: '30%', textStyle: 'italic' });
    expect(style.backgroundCustomization.backgroundColor).toBe('#222');
    expect(styleOf({ faceFrame: { faceReady: '#1f1', faceNotReady: '#f11' } }).faceFrameCustomization)
      .toMatchObject({ strokeFaceInFrameColor: '#1f1', strokeDefaultColor: '#f11' });
    expect(styleOf({ ...old, faceFrameCustomization: { strokeFaceInFrameColor: '#123' } }).faceFrameCustomization.strokeFaceInFrameColor).toBe('#123');
  });
  it('reads shares, lengths and colours as pages write them', () => {
    expect([shareOf('56%'), shareOf('0.56'), shareOf('56'), shareOf('x', 0.3)]).toEqual([0.56, 0.56, 0.56, 0.3]);
    expect([lengthOf('24'), lengthOf('24px'), lengthOf('1.5em')]).toEqual(['24px', '24px', '1.5em']);
    expect([rgbOf('#0F8'), rgbOf('rgb(1, 2, 3)'), rgbOf('teal')]).toEqual([[0, 255, 136], [1, 2, 3], null]);
  });
  it('makes its defaults readable, and leaves the page\'s own colours alone', () => {
    const [white, teal] = [rgbOf('#FFFFFF'), rgbOf(legible('#00A5BA', '#FFFFFF'))] as [[number, number, number], [number, number, number]];
    expect(contrast(white, teal)).toBeGreaterThanOrEqual(4.5);
    const of = (style: Style): Map<string, string> => new Map(propertiesOf(styleOf(style)));
    expect(of({}).get('--button-ground')).not.toBe('#00A5BA');
    expect(of({ buttonCustomization: { backgroundColorPrimary: '#FFC0CB' } }).get('--button-ground')).toBe('#FFC0CB');
  });
  it('can be given to a browser rule by rule', () => {
    const rules = rulesOf(CSS);
    expect(rules.length).toBeGreaterThan(80);
    expect(rules.every((rule) => rule.split('{').length === rule.split('}').length)).toBe(true);
  });
});

describe('languages', () => {
  it.each([['es', es], ['pt-br', ptBr], ['kz', kz]] as const)('%s is complete', (_, pack) => {
    expect(Object.keys(pack).sort()).toEqual(Object.keys(en).sort());
    expect(Object.entries(pack).filter(([, text]) => text.trim() === '')).toEqual([]);
  });
  it('are found by their other names', () => {
    expect([known('kk'), known('pt'), known('PT_BR'), known('es-MX'), known('kk-KZ'), known('xx')]).toEqual(['kz', 'pt-br', 'pt-br', 'es', 'kz', null]);
    expect(preferred(['xx', 'pt-PT', 'en'])).toBe('pt-br');
    expect(preferred([])).toBe('en');
  });
  it('say in English what they lack', () => {
    addLang('xy', { try_again: 'Yrt niaga', oz_close: '' });
    expect(langs()).toContain('xy');
    expect([speaker('xy')('try_again'), speaker('xy')('oz_close'), speaker('xy')('oz_done')]).toEqual(['Yrt niaga', en.oz_close, en.oz_done]);
  });
  it('know their direction', () => {
    expect([directionOf('ar'), directionOf('he-IL'), directionOf('es')]).toEqual(['rtl', 'rtl', 'ltr']);
  });
});

const AGENTS: [string, string, number, string, string][] = [
  ['chrome', 'desktop', 0, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36', 'desktop_chrome'],
  ['edge', 'desktop', 0, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0', 'desktop_chrome'],
  ['firefox', 'desktop', 0, 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'desktop_firefox'],
  ['safari', 'desktop', 0, 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15', 'desktop_safari'],
  ['safari', 'ios', 5, 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15', 'ios_safari'],
  ['safari', 'ios', 5, 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1', 'ios_safari'],
  ['chrome', 'ios', 5, 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1', 'ios_other'],
  ['webview', 'ios', 5, 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148', 'external_browser'],
  ['facebook', 'android', 5, 'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/x; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/470;]', 'external_browser'],
  ['instagram', 'ios', 5, 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 330.0', 'external_browser'],
  ['chrome', 'android', 5, 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36', 'android_chrome'],
  ['samsung', 'android', 5, 'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36', 'android_samsung'],
  ['opera', 'android', 5, 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36 OPR/82.0', 'android_opera'],
  ['edge', 'android', 5, 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36 EdgA/126.0', 'android_edge'],
  ['firefox', 'android', 5, 'Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0', 'android_firefox'],
  ['webview', 'android', 5, 'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/x; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36', 'android_webview'],
];

describe('browsers', () => {
  it.each(AGENTS)('%s on %s (%i touch points)', (name, system, maxTouchPoints, userAgent, help) => {
    const browser = browserOf({ userAgent, maxTouchPoints });
    expect(browser).toEqual({ name, system });
    expect(helpOf(browser).title).toContain(help);
    for (const step of helpOf(browser).steps) expect(en[step]).toBeTruthy();
  });
});

describe('the camera', () => {
  it('is asked for the aspect nearest to the room there is', () => {
    expect([nearestAspect(390, 780), nearestAspect(700, 800), nearestAspect(1920, 1000), nearestAspect(800, 640)])
      .toEqual([9 / 16, 3 / 4, 16 / 9, 4 / 3]);
    expect(constraintsOf({ facing: 'user', timeoutMs: 1, aspect: 9 / 16 }).video).toMatchObject({ height: { ideal: 1280 }, facingMode: { ideal: 'user' } });
    expect(constraintsOf({ facing: 'user', timeoutMs: 1, deviceId: 'x' }).video).toMatchObject({ deviceId: { exact: 'x' } });
  });
  it.each([['NotAllowedError', 'denied'], ['NotFoundError', 'none'], ['NotReadableError', 'busy'], ['SecurityError', 'denied'], ['OverconstrainedError', 'none']])(
    '%s means %s', (name, why) => {
      expect(faultOf(Object.assign(new Error(), { name }))).toEqual({ why });
    });
});

describe('steps', () => {
  const config = configOf({ video_actions_list: ['video_selfie_left', 'video_selfie_blank'], photo_actions_list: ['photo_id_front'] });
  it('are what the page asks and the adapter allows', () => {
    expect(actionsOf(['photo_id_front', 'video_selfie_smile', 'video_selfie_left'], config))
      .toEqual({ actions: ['photo_id_front', 'video_selfie_left'], refused: ['video_selfie_smile'] });
    expect(actionsOf(undefined, config).actions).toEqual(['video_selfie_blank']);
    expect(actionsOf('video_selfie_left', config).actions).toEqual(['video_selfie_left']);
  });
  it('take documents with the rear camera of a phone, and faces as page and configuration say', () => {
    const phone = { phone: true }, desk = { phone: false };
    expect(facingOf('photo_id_front', {}, config, phone)).toBe('environment');
    expect(facingOf('photo_id_front', {}, config, desk)).toBe('user');
    expect(facingOf('video_selfie_left', { cameraFacingMode: 'environment' }, config, phone)).toBe('environment');
    const set = (use: boolean) => ({ ...config, use_for_liveness: use });
    expect(facingOf('video_selfie_left', { cameraFacingMode: 'environment' }, set(false), phone)).toBe('user');
    expect(facingOf('video_selfie_left', {}, set(true), phone)).toBe('environment');
    expect(facingOf('video_selfie_left', {}, set(true), desk)).toBe('user');
    expect(isMirrored('video_selfie_left', 'user', config)).toBe(true);
    expect(isMirrored('video_selfie_left', 'user', set(true))).toBe(false);
    expect(isMirrored('photo_id_front', 'user', config)).toBe(false);
  });
});

describe('the configuration', () => {
  it('has defaults, and keeps them where a value is of another kind', () => {
    expect(configOf({})).toEqual(DEFAULTS);
    expect(configOf(null)).toEqual(DEFAULTS);
    expect(configOf({ iframe_allowed: 'yes', photo_source: ['file'], use_for_liveness: false, other: 1 }))
      .toEqual({ ...DEFAULTS, photo_source: ['file'], use_for_liveness: false });
    expect(configOf({ results_polling_interval: 1 }).results_polling_interval).toBe(200);
  });
});

describe('the frame', () => {
  const stage = { width: 390, height: 700 };
  it('lies on the stage, below the hint', () => {
    for (const size of [stage, { width: 760, height: 660 }, { width: 1024, height: 600 }, { width: 320, height: 480 }]) {
      for (const place of [faceFrame(size), documentFrame(size)]) {
        expect(place.x).toBeGreaterThanOrEqual(0);
        expect(place.y).toBeGreaterThan(0);
        expect(place.y + place.height).toBeLessThan(size.height);
      }
    }
  });
  it('is found in the picture that fills the stage, mirrored or not', () => {
    const box = inPicture({ x: 95, y: 0, width: 100, height: 700 }, stage, { width: 1280, height: 720 }, false);
    expect(box.top).toBeCloseTo(0);
    expect(box.bottom).toBeCloseTo(720);
    const back = onStage(box.left, box.top, stage, { width: 1280, height: 720 }, false);
    expect(back[0]).toBeCloseTo(95);
    const mirrored = inPicture({ x: 95, y: 0, width: 100, height: 700 }, stage, { width: 1280, height: 720 }, true);
    expect(mirrored.left + box.right).toBeCloseTo(1280);
  });
  it('has an outline of either kind', () => {
    expect(outline({ x: 0, y: 0, width: 10, height: 20 }, 'oval', 0)).toContain('a5 10');
    expect(outline({ x: 0, y: 0, width: 10, height: 20 }, 'rectangle', 4)).toContain('a4 4');
  });
});

describe('faults', () => {
  const faults: [Fault, string][] = [
    [{ kind: 'camera', camera: { why: 'denied' } }, 'error_no_camera_access'],
    [{ kind: 'camera', camera: { why: 'timeout' } }, 'error_camera_timeout'],
    [{ kind: 'service', service: { why: 'offline' } }, 'error_connection_lost'],
    [{ kind: 'service', service: { why: 'resource', what: 'x' } }, 'unable_load_resource'],
    [{ kind: 'service', service: { why: 'refused', code: 'overloaded', message: 'x' } }, 'error_service_unavailable'],
    [{ kind: 'service', service: { why: 'refused', code: 'license_error', message: 'x' } }, 'license_error'],
    [{ kind: 'license', message: 'x' }, 'license_error'], [{ kind: 'language', lang: 'xx' }, 'lang_not_available'],
    [{ kind: 'framed' }, 'iframe_not_allowed'], [{ kind: 'attempts', action: 'x' }, 'attempts_exhausted'],
    [{ kind: 'closed-by-person' }, 'user_closed'],
  ];
  it.each(faults)('%j is told as %s', (fault, code) => {
    expect(worded(fault)).toMatchObject({ code, message: expect.stringMatching(/./) as string });
  });
});
