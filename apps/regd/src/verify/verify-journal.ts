// Everything that can be checked about a journal while it is in use.
import { Engine, JournalUnusableError, ulidSource, type Head, type Uuid } from '@permafrost/events';
import type { operator } from '@permafrost/proto';
import type { Context } from '../services/context.ts';
import { checkHistory } from './check-history.ts';
import { checkReferences } from './check-references.ts';
import { finding, type Finding } from './finding.ts';

const SECOND_LOOK_MS = 250;

/** Findings first, the summary last. Throws the signal's reason when it is aborted. */
export async function* verifyJournal(
  context: Context,
  signal: AbortSignal,
): AsyncGenerator<operator.VerifyResponse> {
  const count = { histories: 0, events: 0 };
  let problems = 0;
  for await (const value of findings(context, signal, count)) {
    if (value.severity === 'error') problems++;
    yield { item: { $case: 'finding', value } };
  }
  yield { item: { $case: 'summary', value: { ...count, problems } } };
}

async function* findings(
  context: Context,
  signal: AbortSignal,
  count: { histories: number; events: number },
): AsyncGenerator<Finding> {
  const damage = await context.journal.checkIntegrity();
  for (const line of damage) yield finding('DATABASE_DAMAGED', '', line);
  try {
    yield* contents(context, signal, count);
  } catch (error) {
    // What is behind the damage cannot be read, and the damage was told.
    if (damage.length === 0 || !(error instanceof JournalUnusableError)) throw error;
  }
}

async function* contents(
  context: Context,
  signal: AbortSignal,
  count: { histories: number; events: number },
): AsyncGenerator<Finding> {
  const { journal } = context;
  for await (const head of journal.heads()) {
    signal.throwIfAborted();
    if (head.deleted) continue;
    count.histories++;
    yield* checkHistory(journal, head, count);
  }
  yield* lastingContradictions(context, signal);
}

/**
 * Histories are read one after the other while others write, so a batch that comes in between looks
 * like a contradiction. What is wrong for good is still wrong a moment later, in the same version: a
 * history that others move on may look wrong twice, by two batches.
 */
async function* lastingContradictions(
  context: Context,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const first = await contradictions(context);
  if (first.size === 0) return;
  await context.clock.sleep(SECOND_LOOK_MS, signal);
  signal.throwIfAborted();
  const second = await contradictions(context);
  for (const [key, value] of first) if (second.has(key)) yield value;
}

async function contradictions({ journal }: Context): Promise<Map<string, Finding>> {
  // From the events alone: the states that regd remembers or has saved are what is in question.
  const engine = new Engine({ journal, nextId: ulidSource() });
  const heads: Head[] = [];
  for await (const head of journal.heads()) heads.push(head);
  const found = new Map<string, Finding>();
  for await (const value of checkReferences(engine, heads)) {
    const head = await journal.head(value.history as Uuid);
    found.set(`${value.code} ${value.history} ${head?.vid ?? ''}`, value);
  }
  return found;
}
