// Who asks, as far as it is certain, and why: for the log, and for the events that a call appends.
import type { Metadata } from '@grpc/grpc-js';
import type { Origin } from '@permafrost/events';
import { uidOfPeer } from '../grpc/peer-name.ts';
import { badArgument } from '../grpc/rpc-error.ts';
import type { Presented } from './authenticate.ts';

/** Binary, so that every language can be written in it. */
export const REASON_KEY = 'permafrost-reason-bin';
const REASON_BYTES_MAX = 500;

/** Undefined if nothing is known of whoever asks. `subject`: as a verified token names them. */
export function originOf(
  call: Presented,
  { subject, reason }: { subject: string | undefined; reason: string },
): Origin | undefined {
  const certificate = certificateOf(call);
  const uid = uidOfPeer(call.getPeer());
  const origin: Origin = {
    ...(subject !== undefined && { subject }),
    ...(certificate !== null && { certificate }),
    ...(uid !== undefined && { uid }),
    ...(reason !== '' && { reason }),
  };
  return Object.keys(origin).length > 0 ? origin : undefined;
}

/** Whom the certificate of a peer is for; null for a peer without one. */
export function certificateOf(call: Presented): string | null {
  const name: unknown = call.getAuthContext().sslPeerCertificate?.subject.CN;
  return typeof name === 'string' ? name : null;
}

/** The span of whoever asks, as W3C Trace Context has it; undefined if they trace nothing. */
export function traceparentOf(metadata: Metadata): string | undefined {
  return metadata.get('traceparent')[0]?.toString();
}

/** Why the caller asks, in their own words; empty if they do not say. Only the begin of a long one. */
export function reasonOf(metadata: Metadata): string {
  return reasonIn(metadata).subarray(0, REASON_BYTES_MAX).toString();
}

/** Throws an {@link RpcError} for a reason that is too long to be kept. */
export function checkReason(metadata: Metadata): void {
  if (reasonIn(metadata).length <= REASON_BYTES_MAX) return;
  const text = `the reason is longer than ${REASON_BYTES_MAX} bytes`;
  throw badArgument('REASON_TOO_LONG', text, 'Say it in fewer words.');
}

function reasonIn(metadata: Metadata): Buffer {
  const [value = ''] = metadata.get(REASON_KEY);
  return typeof value === 'string' ? Buffer.from(value) : value;
}
