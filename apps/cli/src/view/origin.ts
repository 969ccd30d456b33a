// Who asked for something, in words: what regd has verified, and why they did.
import type { origin } from '@permafrost/proto';

/** Such as `token alice, because: audit`; empty if nothing is known. */
export function originWords(from: origin.Origin | undefined): string {
  if (!from) return '';
  const { subject, certificate, uid, reason } = from;
  const who = [
    ...(subject === '' ? [] : [`token ${subject}`]),
    ...(certificate === '' || certificate === subject ? [] : [`certificate ${certificate}`]),
    ...(uid === undefined ? [] : [`uid ${uid}`]),
    ...(reason === '' ? [] : [`because: ${reason}`]),
  ];
  return who.join(', ');
}
