import type { MethodDefinition } from '@grpc/grpc-js';
import type { Connection } from '../connection.ts';
import { steadily, type Patience } from './steadily.ts';

/**
 * Watches something until the caller has seen enough, also across restarts of regd: an end before
 * that counts as a loss. `request` is made anew each time, so that it can go on where it was.
 */
export function follow<Request, Answer>(
  regd: Connection,
  method: MethodDefinition<Request, Answer>,
  request: () => Request,
  patience: Patience,
): AsyncGenerator<Answer, void, undefined> {
  return steadily(async function* () {
    yield* regd.watch(method, request(), patience.signal);
    throw regd.leftEarly();
  }, patience);
}
