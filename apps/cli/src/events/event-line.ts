import type { operator } from '@permafrost/proto';
import type { Paint } from '../output/terminal.ts';
import { clockTime } from '../output/time.ts';
import { originWords } from '../view/origin.ts';
import { sentence, type AnyEvent } from './sentence.ts';

/** An event for people: when it was, and what happened, in plain words. */
export function eventLine(event: operator.JournalEvent, paint: Paint): string {
  const told = sentence(JSON.parse(event.json) as AnyEvent);
  const asked = originWords(event.origin);
  const suffix = asked === '' ? '' : paint.dim(`  (${asked})`);
  return `${paint.dim(clockTime(event.timeMs))}  ${told}${suffix}`;
}
