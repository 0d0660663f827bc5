// Licensing without a server: a licence for web origins, read in the browser. The page's own code could do without it;
// what it stops is a licence used on another site by mistake. The adapter checks again.
import { fromBase64 } from './bytes';
import type { License } from '../types';

interface Payload { origins?: string[]; expires?: number }

/** Null where the licence holds on this page, else a sentence. */
export async function faultOfLicense(license: License, host: string, nowS: number, from: string): Promise<string | null> {
  let payload: Payload;
  try {
    payload = JSON.parse(new TextDecoder().decode(fromBase64(license.payload_b64))) as Payload;
  } catch {
    return `License error. Cannot parse license from (${from}), invalid format`;
  }
  if (typeof payload.expires === 'number' && nowS > payload.expires) {
    return `License error. Current date ${Math.floor(nowS)} is later than license expiration date ${payload.expires}`;
  }
  const origins = payload.origins ?? [];
  if (!isLocal(host) && !origins.some((origin) => covers(origin, host))) {
    return `License error. Bundle ${host} is not in the list allowed by license (${origins.join(', ')})`;
  }
  return (await isSigned(license)) ? null : `License error. Cannot parse license from (${from}), invalid format`;
}

const isLocal = (host: string): boolean => host === 'localhost' || host === '127.0.0.1' || host === '[::1]';

/** `example.org` and `https://example.org:8443` cover that host and its subdomains; port and protocol do not count. */
function covers(origin: string, host: string): boolean {
  const name = origin.replace(/^[a-z]+:\/\//i, '').replace(/[:/].*$/, '').replace(/^\*\./, '').toLowerCase();
  return name !== '' && (host === name || host.endsWith('.' + name));
}

// Ed25519 is not in every browser; where it is missing, the adapter's own check stands alone.
async function isSigned(license: License): Promise<boolean> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey('raw', fromBase64(license.enc_public_key), { name: 'Ed25519' }, false, ['verify']);
  } catch (error) {
    return (error as { name?: string }).name === 'NotSupportedError';
  }
  try {
    const signature = fromBase64(license.signature), message = fromBase64(license.payload_b64);
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message);
  } catch {
    return false;
  }
}
