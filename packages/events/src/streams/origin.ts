import type { origin } from '@permafrost/proto/events';
import type { Origin } from './common.ts';

export type WireOrigin = origin.Origin;

export function wireOrigin({
  subject = '',
  certificate = '',
  uid,
  reason = '',
}: Origin): WireOrigin {
  return { subject, certificate, uid, reason };
}

export function originOf({ subject, certificate, uid, reason }: WireOrigin): Origin {
  return {
    ...(subject !== '' && { subject }),
    ...(certificate !== '' && { certificate }),
    ...(uid !== undefined && { uid }),
    ...(reason !== '' && { reason }),
  };
}
