// Who made a commit, and when, in git's forms.
import type { Author } from '@permafrost/workflow-core';
import { bytesOfText, type ByteString } from '../byte-string.ts';

export type Stamp = Readonly<{ author: Author; committer: Author; time: Date }>;

/** `Name <email> seconds zone`. What git leaves out of names is left out, as git does it. */
export function identLine({ name, email }: Author, time: Date): ByteString {
  const cleanEmail = clean(email);
  const cleanName = clean(name) || cleanEmail || 'unknown';
  const seconds = Math.floor(time.getTime() / 1000);
  return bytesOfText(`${cleanName} <${cleanEmail}> ${seconds} ${zoneOf(time, '')}`);
}

/** As `date -Iseconds` in the local zone: `2026-11-24T02:11:13+00:00`. */
export function isoSeconds(time: Date): string {
  const localMs = time.getTime() - time.getTimezoneOffset() * 60_000;
  return `${new Date(localMs).toISOString().slice(0, 19)}${zoneOf(time, ':')}`;
}

function zoneOf(time: Date, separator: string): string {
  const minutes = -time.getTimezoneOffset();
  const twoDigits = (value: number): string => String(Math.trunc(value)).padStart(2, '0');
  const amount = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(amount / 60)}${separator}${twoDigits(amount % 60)}`;
}

/** Characters that end a field must not be in one, and git trims punctuation off both ends. */
function clean(field: string): string {
  return field.replace(/[\0\n<>]/g, '').replace(/^[\0- .,:;"\\']+|[\0- .,:;"\\']+$/g, '');
}
