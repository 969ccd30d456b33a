import type { operator } from '@permafrost/proto';
import type { Paint } from '../output/terminal.ts';
import { clockTime } from '../output/time.ts';
import { sentence, type AnyEvent } from './sentence.ts';

/** An event for people: when it was, and what happened, in plain words. */
export function eventLine({ json, timeMs }: operator.JournalEvent, paint: Paint): string {
  return `${paint.dim(clockTime(timeMs))}  ${sentence(JSON.parse(json) as AnyEvent)}`;
}
