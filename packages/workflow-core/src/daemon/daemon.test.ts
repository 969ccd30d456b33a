import { nilUlid, type Direction, type Progress } from '@permafrost/events';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { StorageWorkflow, WorkflowStatus } from '../storage-workflow/storage-workflow.ts';
import { matrix } from '../testing/matrix.ts';
import { author, exreg, idOf } from '../testing/names.ts';
import { settled } from '../testing/agenda.ts';
import { backoffMs } from './backoff.ts';
import { regdAction, stadAction, waitsFor } from './next-action.ts';
import { Slots } from './slots.ts';
import { stepOf } from './steps.ts';

const start = {
  registryId: exreg,
  registryName: 'exreg',
  repoId: idOf('repo'),
  repoGlobalPath: '/r',
  author,
};
const ok = { code: 0, message: '' };

function workflowIn(status: WorkflowStatus): StorageWorkflow {
  if (status === 'uninitialized') return { status };
  return { status, direction: 'freeze', start, startedEventId: nilUlid, outcome: ok };
}

/** What each daemon does next; the gone index entry matters only once all else is done (gap 23). */
const nextActions = matrix(`
                    | uninitialized | initialized   | files             | files-completed | files-failed | completed | failed | terminated
  regd, in index    | rest          | begin-files   | wait-for-stad     | settle          | settle       | settle    | settle | settle
  regd, out of it   | rest          | begin-files   | wait-for-stad     | settle          | settle       | settle    | settle | rest
  stad              | rest          | wait-for-regd | run-files         | rest            | rest         | rest      | rest   | rest
  waits for         |               | regd          | stad on host fs1  | regd            | regd         | regd      | regd   |
`);

it.each(nextActions)('$row when $column: $cell', ({ row, column, cell }) => {
  const workflow = workflowIn(column as WorkflowStatus);
  const answers: Readonly<Record<string, string>> = {
    'regd, in index': regdAction(workflow, true),
    'regd, out of it': regdAction(workflow, false),
    stad: stadAction(workflow),
    'waits for': waitsFor(workflow, 'fs1'),
  };
  expect(answers[row]).toBe(cell);
});

/** The step that the log names while a phase of the work on files is under way. */
const steps = matrix(`
           | waiting-for-lock   | checking     | waiting-for-writers   | attributes           | verify      | snapshot          | retrying
  freeze   | stad:wait-for-lock | stad:examine | stad:wait-for-writers | stad:set-immutable   | stad:verify | stad:write-shadow | undefined
  unfreeze | stad:wait-for-lock | stad:examine | stad:wait-for-writers | stad:clear-immutable | stad:verify | stad:write-shadow | undefined
`);

it.each(steps)('$row, phase $column: $cell', ({ row, column, cell }) => {
  const step = stepOf(column as Progress['phase'], row as Direction);
  expect(String(step)).toBe(cell);
});

describe('backoff', () => {
  const backoff = { firstMs: 100, maxMs: 30_000 };

  test('lies between half and all of a doubling limit, whatever the attempt and the chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, chance) => {
          const limit = Math.min(30_000, 100 * 2 ** (attempt - 1));
          const waitMs = backoffMs(backoff, attempt, () => chance);
          expect(waitMs).toBeGreaterThanOrEqual(limit / 2);
          expect(waitMs).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  test('doubles up to its limit', () => {
    const waits = [1, 2, 3, 9, 10, 50].map((attempt) => backoffMs(backoff, attempt, () => 0));
    expect(waits).toEqual([50, 100, 200, 12_800, 15_000, 15_000]);
  });
});

const never = new AbortController().signal;

describe('Slots', () => {
  test('let only so many run, in line, and go on after a failure', async () => {
    const slots = new Slots(2);
    const [running, seen]: [Set<number>, string[]] = [new Set(), []];
    const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<undefined>());
    const all = gates.map((gate, i) =>
      slots.use(async () => {
        running.add(i);
        expect(running.size).toBeLessThanOrEqual(2);
        await gate.promise.finally(() => running.delete(i));
        seen.push(`${i}`);
      }, never),
    );
    const settling = Promise.allSettled(all);
    await settled();
    expect([...running]).toEqual([0, 1]);
    gates[1]?.reject(new Error('disk trouble'));
    await settled();
    expect([...running]).toEqual([0, 2]);
    for (const i of [0, 2, 3]) gates[i]?.resolve(undefined);
    expect((await settling).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(seen).toEqual(['0', '2', '3']);
  });

  test('are not waited for by who is cancelled, and are left to the next in line', async () => {
    const slots = new Slots(1);
    const gate = Promise.withResolvers<undefined>();
    const cancel = new AbortController();
    const ran: string[] = [];
    const first = slots.use(() => gate.promise, never);
    const run = (name: string, signal: AbortSignal): Promise<unknown> =>
      slots.use(() => Promise.resolve(ran.push(name)), signal);
    const cancelled = run('cancelled', cancel.signal);
    const last = run('last', never);
    cancel.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'FILES_CANCELLED' });
    await expect(run('late', cancel.signal)).rejects.toMatchObject({ code: 'FILES_CANCELLED' });
    gate.resolve(undefined);
    await Promise.all([first, last]);
    expect(ran).toEqual(['last']);
  });
});
