import { operator } from '@permafrost/proto';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { samplePresence, sampleWorkflow } from '../testing/samples.ts';
import { workflowTable } from './workflow-table.ts';
import {
  workflowHeadline,
  workflowSituation,
  workflowSituationInFull,
  workflowStep,
} from './workflow.ts';

/** One that a living stad works on. */
function workflowAt(
  at: operator.Progress,
  fields: Partial<operator.Workflow> = {},
): operator.Workflow {
  return sampleWorkflow({ worker: samplePresence(), progress: at, ...fields });
}

function progress(fields: Partial<operator.Progress>): operator.Progress {
  return operator.Progress.fromPartial({ startedMs: 1000, updatedMs: 3000, ...fields });
}

const figures: Partial<operator.Progress> = {
  entriesTotal: 2_000_000,
  entriesPerSecond: 32_000,
  remainingMs: 62_000,
  bytesDone: 2 ** 30,
  bytesTotal: 2 ** 40,
};

describe('the step of a workflow', () => {
  it.each([
    ['freeze', 'checking', 'looking for what is in the way'],
    ['freeze', 'waiting-for-writers', 'waiting until nobody writes: EIO'],
    ['freeze', 'attributes', 'making files immutable'],
    ['unfreeze', 'attributes', 'making files mutable'],
    ['freeze', 'verify', 'verifying every entry'],
    ['freeze', 'snapshot', 'recording the shadow repo'],
    ['freeze', 'waiting-for-lock', 'taking the lock of the repo'],
    ['freeze', 'retrying', 'about to try again: EIO'],
    ['freeze', 'from-the-future', 'stad on host files1 is at work'],
  ])('%s in phase %s', (kind, phase, words) => {
    const workflow = workflowAt(progress({ phase, message: 'EIO' }), { kind });
    expect(workflowStep(workflow).phase).toBe(words);
  });

  it('leaves room for its id in a table of 80 columns', () => {
    const at = progress({ phase: 'checking', entriesDone: 144_320, path: '/data/a', ...figures });
    const workflow = workflowAt(at);
    const paint = pc.createColors(false);
    const shown = workflowTable([workflow], { paint, columns: 80, nowMs: 10_000 });
    expect(shown).toContain(workflow.id);
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says how far it is, how fast it comes along, and where it is', () => {
    const at = progress({ phase: 'snapshot', entriesDone: 5, path: '/data/a/b', ...figures });
    const workflow = workflowAt(at);
    const [counts, pace] = ['5 of 2,000,000 entries', '1m 2s left, 32,000/s, 1.0 GiB of 1.0 TiB'];
    expect(workflowSituation(workflow)).toBe(`recording the shadow repo, ${counts}, ${pace}`);
    expect(workflowSituationInFull(workflow)).toEqual([
      `recording the shadow repo, ${counts}`,
      pace,
      'at /data/a/b',
    ]);
  });

  it('says only that it has begun, where nobody knows more', () => {
    const workflow = workflowAt(progress({ phase: 'attributes' }));
    expect(workflowSituationInFull(workflow)).toEqual(['making files immutable, 0 entries so far']);
  });

  it('is to end, once somebody wants it to', () => {
    const cancelRequest = operator.CancelRequest.fromPartial({ by: 'B', atMs: 1 });
    const workflow = sampleWorkflow({ cancelRequest, progress: progress({ phase: 'verify' }) });
    expect(workflowStep(workflow)).toEqual({
      phase: 'to be cancelled, waiting for stad on host files1',
    });
  });

  it.each([
    ['has fallen silent', samplePresence({ alive: false })],
    ['is gone', undefined],
  ])('does not go on where the worker %s', (_, worker) => {
    const waitingFor = 'stad on host files1 (not running)';
    const at = progress({ phase: 'attributes', entriesDone: 5, path: '/data/a', ...figures });
    const workflow = workflowAt(at, { worker, waitingFor });
    expect(workflowSituationInFull(workflow)).toEqual([`waiting for ${waitingFor}`]);
  });

  it('names the worker, or whom it waits for', () => {
    const worker = samplePresence();
    expect(workflowSituation(sampleWorkflow({ worker }))).toBe('stad on host files1 is at work');
    expect(workflowSituation(sampleWorkflow())).toBe('waiting for stad on host files1');
  });
});

it.each([
  [{ state: 'initialized', waitingFor: 'regd' }, 'freeze: begun'],
  [{ state: 'files' }, 'freeze: at work'],
  [{ state: 'files-completed', waitingFor: 'regd' }, 'freeze: ending'],
  [{ state: 'completed', statusCode: 0, waitingFor: 'regd' }, 'freeze: ending'],
  [{ state: 'terminated', statusCode: 0, waitingFor: '' }, 'freeze: done'],
  [{ state: 'terminated', statusCode: 105, waitingFor: '' }, 'freeze: failed (105)'],
])('%j is told as %s', (fields, words) => {
  expect(workflowHeadline(sampleWorkflow(fields))).toBe(words);
});
