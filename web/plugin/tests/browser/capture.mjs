// Captures from beginning to end on a static host, and what stands in their way.
import { check, configured, equal, untracked, visit } from './lib.mjs';

const decoded = (info) => JSON.parse(Buffer.from(info, 'base64url').toString());

export const tests = {
  async selfie_end_to_end({ film, url }) {
    const v = await visit(await film('face'), url);
    await v.start({ action: ['video_selfie_blank'], meta: { user_id: '1' } });
    await v.hint('Look at the camera', 60_000);
    await v.called('on_close');
    equal(await v.names(), ['on_capture_complete', 'on_close'], 'callbacks');
    const [capture] = await v.values('on_capture_complete');
    equal(capture.action, 'video_selfie_blank', 'action');
    equal(capture.from_virtual_camera, null, 'from_virtual_camera');
    check(capture.frame_list.length >= 3, `${capture.frame_list.length} frames`);
    equal([capture.frame_bounding_box_list.length, capture.frame_landmarks.length], Array(2).fill(capture.frame_list.length), 'a box and landmarks a frame');
    check(capture.best_frame.startsWith('data:image/jpeg;base64,') && capture.best_frame_png.startsWith('data:image/png;base64,'), 'data URLs');
    const box = capture.best_frame_bounding_box, marks = capture.best_frame_landmarks;
    check(box.right - box.left > 100 && box.bottom - box.top > 120, `box ${JSON.stringify(box)}`);
    check(marks.left_eye[0] > marks.right_eye[0] && marks.mouth_bottom[1] > marks.nose_base[1], `landmarks ${JSON.stringify(marks)}`);
    const info = decoded(capture.additional_info);
    equal(info.frames.length, capture.frame_list.length, 'digests');
    check(info.frames.includes(info.best) && info.camera.settings.width === 640, 'facts of the camera');
    equal(info.gestures.map(({ action, done }) => [action, done]), [['video_selfie_blank', true]], 'gestures');
    // The test's page watches getUserMedia; the plugin must see that it is not the browser's own.
    equal(info.api.tampered, ['navigator.mediaDevices.getUserMedia'], 'tampered');
    equal(await v.live(), 0, 'live tracks');
    equal(await v.page.evaluate(() => window.violations), [], 'policy violations');
    equal(v.faults, [], 'page errors');
    await v.end();
  },

  async gesture_is_seen({ film, url }) {
    const v = await visit(await film('left'), url);
    await v.start({ action: ['video_selfie_left'] });
    await v.hint('Turn your head left', 60_000);
    await v.called('on_capture_complete', 60_000);
    const [capture] = await v.values('on_capture_complete');
    const [gesture] = decoded(capture.additional_info).gestures.slice(-1);
    equal([gesture.action, gesture.done, gesture.reason], ['video_selfie_left', true, undefined], 'gesture');
    const lean = (marks) => marks.nose_base[0] - (marks.left_eye[0] + marks.right_eye[0]) / 2;
    const leans = capture.frame_landmarks.filter(Boolean).map(lean), shot = lean(capture.frame_landmarks[gesture.shot]);
    check(shot > Math.min(...leans) + 4, `the shot that shows it: ${shot} of ${leans.join(', ')}`);
    equal(await v.live(), 0, 'live tracks');
    await v.end();
  },

  async gesture_to_the_other_side_is_not({ film, url }) {
    const v = await visit(await film('right'), url);
    await v.start({ action: ['video_selfie_left'] });
    await v.title('We did not see the gesture', 90_000);
    check(!(await v.names()).includes('on_capture_complete'), 'a capture came');
    await v.shadow('.go').click();
    await v.hint('Turn your head left', 30_000);
    await v.end();
  },

  async guided_by_time_without_the_worker({ film, url }) {
    const v = await visit(await film('face'), url, { routes: untracked });
    await v.start({ action: ['video_selfie_smile'] });
    await v.hint('Smile');
    await v.called('on_capture_complete');
    const [capture] = await v.values('on_capture_complete');
    check(capture.frame_list.length >= 10, `${capture.frame_list.length} frames`);
    equal(decoded(capture.additional_info).gestures[0].reason, 'by_time', 'reason');
    equal(capture.best_frame_landmarks, null, 'landmarks');
    await v.end();
  },

  async virtual_camera_is_told({ film, url }) {
    const v = await visit(await film('device'), url, { routes: untracked });
    await v.start({ action: ['video_selfie_blank'] });
    await v.called('on_capture_complete');
    const [{ action, from_virtual_camera: inside, ...rest }] = await v.values('on_capture_complete');
    equal(action, 'video_selfie_blank', 'action');
    check(Object.values(rest).every((value) => value === null), 'what is outside is null');
    check(inside.frame_list.length > 0 && /^fake_device/.test(decoded(inside.additional_info).camera.label), 'what is inside');
    await v.end();
  },

  async document_by_camera_and_by_file({ film, url }) {
    const v = await visit(await film('face'), url, { routes: configured({ photo_source: ['capture', 'file'] }) });
    await v.start({ action: ['photo_id_front', 'photo_id_back'] });
    await v.hint('front of your document');
    await v.shadow('.shutter').click();
    await v.title('sharp and readable');
    await v.shadow('.also').click();
    await v.hint('front of your document');
    await v.shadow('.shutter').click();
    await v.shadow('.go').click();
    await v.hint('back of your document');
    const wrong = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
    await v.shadow('input[type=file]').setInputFiles(wrong);
    await v.shadow('[role=alert]').getByText('not a picture').waitFor();
    const png = await v.page.evaluate(() => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 4000, height: 2500 });
      return canvas.toDataURL('image/png').split(',')[1];
    });
    await v.shadow('input[type=file]').setInputFiles({ name: 'id.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') });
    await v.title('sharp and readable');
    await v.shadow('.go').click();
    await v.called('on_close');
    const captures = await v.values('on_capture_complete');
    equal(captures.map(({ action, frame_list }) => [action, frame_list.length]), [['photo_id_front', 1], ['photo_id_back', 1]], 'captures');
    const size = await v.page.evaluate(async (from) => {
      const image = new Image();
      image.src = from;
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }, captures[1].best_frame);
    equal(size, [2560, 1600], 'size of a large file');
    equal(await v.live(), 0, 'live tracks');
    await v.end();
  },

  async camera_denied({ film, url }) {
    const v = await visit(await film('face'), url, { allowed: false });
    await v.start({ action: ['video_selfie_blank'] });
    await v.title('Allow the camera');
    await v.called('on_error');
    const [error] = await v.values('on_error');
    equal([error.code, error.context.why], ['error_no_camera_access', 'denied'], 'error');
    check(/^[\da-f-]{36}$/.test(error.event_session_id) && error.message.length > 10, 'message and event_session_id');
    await v.context.grantPermissions(['camera']);
    await v.shadow('.go').click();
    await v.hint('Place your face');
    await v.end();
  },

  async camera_none({ film, url }) {
    const v = await visit(await film('none'), url);
    await v.start({ action: ['video_selfie_blank'] });
    await v.title('No camera was found');
    equal((await v.values('on_error'))[0].context.why, 'none', 'why');
    await v.end();
  },

  async camera_lost_midway({ film, url }) {
    const v = await visit(await film('face'), url);
    await v.start({ action: ['video_selfie_left'] });
    await v.hint('Turn your head left', 60_000);
    // Nothing unplugs Chromium's fake camera; this is the event that a real one sends.
    await v.page.evaluate(() => window.tracks[0].dispatchEvent(new Event('ended')));
    await v.title('The camera was disconnected');
    equal((await v.values('on_error'))[0].context.why, 'lost', 'why');
    equal(await v.live(), 0, 'live tracks');
    await v.shadow('.go').click();
    await v.hint('Turn your head left', 60_000);
    await v.end();
  },

  async camera_that_never_answers({ film, url }) {
    const v = await visit(await film('face'), url);
    await v.page.evaluate(() => {
      MediaDevices.prototype.getUserMedia = () => new Promise((resolve) => { window.answer = resolve; });
    });
    await v.start({ action: ['video_selfie_blank'], get_user_media_timeout: 300 });
    await v.title('The camera does not answer');
    equal((await v.values('on_error'))[0].code, 'error_camera_timeout', 'code');
    // The camera comes at last, when nobody waits for it any more: it is switched off at once.
    const state = await v.page.evaluate(async () => {
      const stream = document.createElement('canvas').captureStream();
      window.answer(stream);
      await new Promise((resolve) => setTimeout(resolve));
      return stream.getTracks().map((track) => track.readyState);
    });
    equal(state, ['ended'], 'late tracks');
    await v.end();
  },
};
