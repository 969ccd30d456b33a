// `status` does not list all daemons that were ever killed.
import type { Noticeboard } from '@permafrost/events';
import { forgetReplaced, type Clock } from '@permafrost/workflow-core';
import type { Routine } from './regularly.ts';

/** Long enough to find out which process it was, as long as that may still hold a lock. */
const SILENT_MS = 24 * 3_600_000;
const EVERY_MS = 3_600_000;

export function forgettingGone({
  board,
  clock,
}: Readonly<{ board: Noticeboard; clock: Clock }>): Routine {
  return {
    purpose: 'forget daemons that are gone',
    firstAfterMs: 0,
    everyMs: EVERY_MS,
    work: () => forgetReplaced(board, { silentMs: SILENT_MS, nowMs: clock.nowMs() }),
  };
}
