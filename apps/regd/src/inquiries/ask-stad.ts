import { randomUuid, type Subject } from '@permafrost/events';
import { ask } from '@permafrost/workflow-core';
import type { Context } from '../services/context.ts';

/**
 * Asks the stad of a host through the journal, and yields the items of its answer as they come. Ends
 * early with the signal, and then throws its reason; else throws a `Fault` that says why there is
 * no answer.
 */
export function askStad<Q, Item>(
  { journal, clock }: Pick<Context, 'journal' | 'clock'>,
  subject: Subject<Q, Item>,
  { host, question }: Readonly<{ host: string; question: Q }>,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  return ask({ journal, clock }, subject, { id: randomUuid(), host, question }, signal);
}
