// Cameras that are programs, by the names they give themselves.

const NAMES = [
  /\bobs\b/i, /virtual/i, /many ?cam/i, /snap ?camera/i, /xsplit/i, /v-?cam\b/i, /droid ?cam/i, /iriun/i, /e2e ?soft/i,
  /split ?cam/i, /spark ?o ?cam/i, /web ?cam ?max/i, /you ?cam/i, /cam ?twist/i, /fake[ _]?(device|cam)/i, /dummy/i,
  /v4l2 ?loopback/i, /avatarify/i, /deep ?face ?live/i, /akvcam/i, /unity (video )?capture/i, /ndi (webcam|video)/i,
  /epoccam/i, /logi(tech)? capture/i, /alter ?cam/i, /chroma ?cam/i, /mmhmm/i, /prism live/i, /vtube ?studio/i,
  /screen ?cap(ture)?/i, /nvidia broadcast/i,
];

export const isVirtualName = (label: string): boolean => NAMES.some((name) => name.test(label));
