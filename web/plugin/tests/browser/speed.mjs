// How fast it is on a slow machine: figures to report, with bounds that only a fault exceeds.
import { check, visit } from './lib.mjs';

export const tests = {
  async first_hint_and_rate_at_a_quarter_of_the_speed({ film, url, report }) {
    const v = await visit(await film('face'), url);
    const session = await v.context.newCDPSession(v.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const began = Date.now();
    await v.start({ action: ['video_selfie_scan'] });
    await v.hint('Place your face', 60_000);
    const shown = Date.now() - began;
    await v.hint('Hold still', 60_000);
    const tracked = Date.now() - began;
    await v.called('on_capture_complete', 60_000);
    const [capture] = await v.values('on_capture_complete');
    const { timing } = JSON.parse(Buffer.from(capture.additional_info, 'base64url').toString());
    report(`4x slowdown: first words ${shown} ms, first hint from tracking ${tracked} ms, ${capture.frame_list.length} frames kept, repaint ${timing.raf_ms} ms`);
    check(shown < 15_000 && tracked < 45_000, `first words after ${shown} ms, first hint after ${tracked} ms`);
    await v.end();
  },
};
