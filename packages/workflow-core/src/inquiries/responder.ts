import type { Subject } from '@permafrost/events';

/** Answers the questions of one kind. */
export type Responder = Readonly<{
  kind: string;
  /**
   * Yields the items of the answer. The signal is aborted when nobody waits for it any more, or when
   * the daemon stops. A `Fault` that it throws is told to who has asked.
   */
  respond: (question: Uint8Array, signal: AbortSignal) => AsyncIterable<Uint8Array>;
}>;

/** A responder from a function that knows nothing of bytes. */
export function responderTo<Question, Item>(
  { kind, question, item }: Subject<Question, Item>,
  respond: (question: Question, signal: AbortSignal) => AsyncIterable<Item>,
): Responder {
  return {
    kind,
    async *respond(bytes, signal) {
      for await (const answer of respond(question.decode(bytes), signal))
        yield item.encode(answer).finish();
    },
  };
}
