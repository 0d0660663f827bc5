// How fast it is on a slow machine: figures to report, with bounds that only a fault exceeds.
import { check, visit } from './lib.mjs';

export const tests = {
  async first_hint_and_rate_at_a_quarter_of_the_speed({ film, url, report }) {
    const v = await visit(await film('face'), url);
    const session = await v.context.newCDPSession(v.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const began = Date.now();
    await v.start({ action: ['video_selfie_blank'] });
    await v.hint('Place your face', 60_000);
    const shown = Date.now() - began;
    await v.called('on_capture_complete', 60_000);
    const done = Date.now() - began;
    const [capture] = await v.values('on_capture_complete');
    const { timing } = JSON.parse(Buffer.from(capture.additional_info, 'base64url').toString());
    report(`4x slowdown: first hint ${shown} ms, capture ${done} ms after open(), ${capture.frame_list.length} frames kept, repaint every ${timing.raf_ms} ms`);
    check(shown < 15_000, `first hint after ${shown} ms`);
    await v.end();
  },
};
