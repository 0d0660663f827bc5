import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Frames, LEAD_MS, type Kept } from '../../src/camera/frames';
import { Adapter, CallFailed, patiently } from '../../src/net/adapter';
import { fromBase64, hmac, sha256, toBase64Url } from '../../src/net/bytes';
import { faultOfLicense } from '../../src/net/license';
import { captureOf, randomId } from '../../src/pack';
import { infoText, signed } from '../../src/probe/info';
import { devtoolsOpen, isNative, tampered } from '../../src/probe/natives';
import { isVirtualName } from '../../src/probe/virtual';

describe('bytes', () => {
  it('are digested, signed and written as others do', async () => {
    expect(await sha256('abc')).toBe(createHash('sha256').update('abc').digest('hex'));
    expect(await sha256(new Blob(['abc']))).toBe(createHash('sha256').update('abc').digest('hex'));
    const key = new Uint8Array(32).fill(7);
    expect(Buffer.from(await hmac(key, 'text')).toString('hex')).toBe(createHmac('sha256', key).update('text').digest('hex'));
    const bytes = new Uint8Array(100_000).map((_, i) => i * 7);
    expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
    expect(Buffer.from(fromBase64(toBase64Url(bytes))).equals(Buffer.from(bytes))).toBe(true);
    expect(randomId()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

const view = {
  navigator: { webdriver: true, userAgent: 'test' }, location: { origin: 'https://shop.example' },
  screen: { width: 10, height: 20 }, devicePixelRatio: 2, top: null, self: null,
} as unknown as Window;

describe('additional_info', () => {
  const known = {
    sessionId: 's', action: 'video_selfie_blank' as const, frames: ['a', 'b'], best: 'b',
    camera: { label: 'Cam', deviceId: 'secret', settings: { width: 640, deviceId: 'secret' }, capabilities: { groupId: 'g' }, devices: [{ id: 'secret', label: 'Cam' }] },
    timing: { frame_intervals_ms: [33], raf_ms: 16 }, tampered: [], devtools: false,
    gestures: [{ action: 'video_selfie_blank' as const, done: true, shot: 1, t_ms: 40 }],
  };
  it('holds the facts, and no device id in the clear', async () => {
    const text = Buffer.from(await infoText(known, view), 'base64url').toString();
    expect(text).not.toContain('secret');
    expect(JSON.parse(text)).toMatchObject({
      v: 1, session_id: 's', action: 'video_selfie_blank', frames: ['a', 'b'], best: 'b',
      camera: { label: 'Cam', settings: { width: 640 }, devices: ['Cam'], device_id_hash: createHash('sha256').update('secret').digest('hex') },
      webdriver: true, page: { origin: 'https://shop.example', framed: false }, user_agent: 'test',
    });
  });
  it('is signed with the nonce, and not at all without one', async () => {
    const nonce = Buffer.alloc(32, 3);
    const text = await infoText(known, view), whole = await signed(text, nonce.toString('base64url'));
    expect(whole).toBe(`${text}.${createHmac('sha256', nonce).update(text).digest('base64url')}`);
    expect(await signed(text, null)).toBe(text);
  });
});

describe('signs of injection', () => {
  it.each(['OBS Virtual Camera', 'ManyCam Virtual Webcam', 'Snap Camera', 'XSplit VCam', 'fake_device_0', 'DroidCam Source 3', 'Unity Video Capture'])(
    '%s is a program', (label) => expect(isVirtualName(label)).toBe(true));
  it.each(['FaceTime HD Camera', 'Integrated Webcam (0c45:6a09)', 'HD Pro Webcam C920', 'camera2 1, facing front', 'Logi C270 HD WebCam', ''])(
    '%s is a camera', (label) => expect(isVirtualName(label)).toBe(false));
  it('the browser\'s own functions are told from replacements', async () => {
    expect(isNative(Array.prototype.map)).toBe(true);
    expect(isNative(() => 1)).toBe(false);
    expect(isNative(Array.prototype.map.bind([]))).toBe(false);
    const disguised = Object.assign(() => 1, { toString: () => 'function map() { [native code] }' });
    expect(isNative(disguised)).toBe(false);
    const watched: [string, () => unknown][] = [['good', () => Array.prototype.map], ['gone', () => undefined], ['bad', () => disguised]];
    expect(await tampered({}, watched)).toEqual(['bad']);
    expect(await tampered({ bad: await sha256('() => 1') }, watched)).toEqual([]);
  });
  it('docked developer tools take room', () => {
    const sizes = { outerWidth: 1280, innerWidth: 1280, outerHeight: 800, innerHeight: 700 };
    expect(devtoolsOpen(sizes, 1, false)).toBe(false);
    expect(devtoolsOpen({ ...sizes, innerWidth: 800 }, 1, false)).toBe(true);
    expect(devtoolsOpen({ ...sizes, innerWidth: 800 }, 1, true)).toBe(false);
  });
  it('move the capture into from_virtual_camera', () => {
    const data = { best_frame: 'data:', best_frame_png: null, best_frame_bounding_box: null, best_frame_landmarks: null, frame_list: ['data:'],
      frame_bounding_box_list: [null], frame_landmarks: [null], additional_info: 'x' };
    expect(captureOf('video_selfie_left', data, false)).toEqual({ action: 'video_selfie_left', ...data, from_virtual_camera: null });
    const { action, from_virtual_camera, ...rest } = captureOf('video_selfie_left', data, true);
    expect([action, from_virtual_camera]).toEqual(['video_selfie_left', data]);
    expect(Object.values(rest).every((value) => value === null)).toBe(true);
  });
});

describe('frames', () => {
  const frame = (tMs: number, bytes = 10, worth = 0): Kept =>
    ({ jpeg: new Blob([new Uint8Array(bytes)]), tMs, box: null, landmarks: null, judged: tMs / 100, worth });
  it('roll until a gesture is asked for', () => {
    const frames = new Frames({ frames: 100, bytes: 1e6 });
    for (let t = 0; t <= 5000; t += 100) frames.addBest(frame(t));
    expect(frames.all[0]?.tMs).toBe(5000 - LEAD_MS);
    frames.hold();
    for (let t = 5100; t <= 8000; t += 100) frames.addBest(frame(t));
    expect(frames.all[0]?.tMs).toBe(5000 - LEAD_MS);
  });
  it('stay within number and bytes, keeping beginning, end and the best', () => {
    for (const bounds of [{ frames: 40, bytes: 1e6 }, { frames: 1000, bytes: 400 }]) {
      const frames = new Frames(bounds);
      frames.hold();
      for (let t = 0; t <= 20_000; t += 100) frames.addBest(frame(t, 10, t === 7300 ? 1 : 0.5));
      expect(frames.all.length).toBeLessThanOrEqual(40);
      expect(frames.bytes).toBeLessThanOrEqual(bounds.bytes);
      expect(frames.all[frames.best()]?.tMs).toBe(7300);
      expect(frames.all[frames.all.length - 1]?.tMs).toBe(20_000);
      const gaps = frames.all.slice(1).map((kept, i) => kept.tMs - (frames.all[i]?.tMs ?? 0));
      expect(gaps.every((gap) => gap > 0)).toBe(true);
    }
  });
  it('find the one that a verdict names', () => {
    const frames = new Frames({ frames: 10, bytes: 1e6 });
    for (const t of [0, 300, 900]) frames.addBest(frame(t));
    expect([frames.indexOf(3), frames.indexOf(8), frames.indexOf(0)]).toEqual([1, 2, 0]);
  });
});

describe('licences', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url').toString('base64');
  const licence = (payload: object) => {
    const bytes = Buffer.from(JSON.stringify(payload));
    return { payload_b64: bytes.toString('base64'), signature: sign(null, bytes, privateKey).toString('base64'), enc_public_key: key };
  };
  const good = licence({ origins: ['https://shop.example:8443'], expires: 2000 });
  it('hold for a domain and those below it', async () => {
    expect(await faultOfLicense(good, 'shop.example', 1000, 'x')).toBeNull();
    expect(await faultOfLicense(good, 'www.shop.example', 1000, 'x')).toBeNull();
    expect(await faultOfLicense(good, 'localhost', 1000, 'x')).toBeNull();
  });
  it('do not hold elsewhere, later, or when changed', async () => {
    expect(await faultOfLicense(good, 'myshop.example', 1000, 'x')).toContain('is not in the list');
    expect(await faultOfLicense(good, 'shop.example', 3000, 'x')).toContain('later than license expiration');
    expect(await faultOfLicense({ ...good, payload_b64: '!!' }, 'shop.example', 1000, 'x')).toContain('invalid format');
    const other = licence({ origins: ['other.example'], expires: 2000 });
    expect(await faultOfLicense({ ...other, signature: good.signature }, 'other.example', 1000, 'x')).toContain('invalid format');
  });
});

describe('the adapter\'s protocol', () => {
  let server: Server, base = '';
  const requests: { method: string; url: string; body: string }[] = [];
  const answers: ((url: string) => [number, string])[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (data: Buffer) => { body += data.toString(); });
      request.on('end', () => {
        requests.push({ method: request.method ?? '', url: request.url ?? '', body });
        const [status, text] = (answers.shift() ?? (() => [200, '{}']))(request.url ?? '');
        response.writeHead(status).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sdk/`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const never = new AbortController().signal;

  it('opens a session below the script\'s folder', async () => {
    answers.push(() => [201, '{"session_id":"s"}']);
    const opened = await new Adapter(base).open({ action: ['video_selfie_left'], meta: {}, params: {}, lang: 'en', origin: 'o' }, never);
    expect(opened.session_id).toBe('s');
    expect(requests.pop()).toMatchObject({ method: 'POST', url: '/sdk/session' });
  });
  it('tells a refusal by its code, and a proxy\'s page as unavailable', async () => {
    answers.push(() => [403, '{"error":{"code":"license_error","message":"No licence."}}']);
    await expect(new Adapter(base).submit('s', never)).rejects.toMatchObject({ status: 403, fault: { service: { why: 'refused', code: 'license_error', message: 'No licence.' } } });
    answers.push(() => [502, '<html>Bad gateway</html>']);
    await expect(new Adapter(base).result('s', never)).rejects.toMatchObject({ status: 502, fault: { service: { code: 'service_unavailable' } } });
    await expect(new Adapter('http://127.0.0.1:9/').result('s', never)).rejects.toMatchObject({ status: 0, fault: { service: { why: 'offline' } } });
  });
  it('calls again what may pass, and only that', async () => {
    answers.push(() => [503, '{"error":{"code":"overloaded","message":""}}'], () => [200, '{"state":"finished"}']);
    expect(await patiently(() => new Adapter(base).result('s', never), never, [1, 1])).toEqual({ state: 'finished' });
    const before = requests.length;
    answers.push(() => [410, '{"error":{"code":"session_expired","message":""}}']);
    await expect(patiently(() => new Adapter(base).result('s', never), never, [1, 1])).rejects.toBeInstanceOf(CallFailed);
    expect(requests.length).toBe(before + 1);
  });
});
