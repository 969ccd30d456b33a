import { operator } from '@permafrost/proto';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { samplePresence, sampleWorkflow } from '../testing/samples.ts';
import { workflowTable } from './workflow-table.ts';
import {
  countWords,
  workflowHeadline,
  workflowSituation,
  workflowSituationInFull,
  workflowStep,
} from './workflow.ts';

function progress(fields: Partial<operator.Progress>): operator.Progress {
  return operator.Progress.fromPartial({ startedMs: 1000, updatedMs: 3000, ...fields });
}

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
    ['freeze', 'from-the-future', 'waiting for stad on host files1'],
  ])('%s in phase %s', (kind, phase, words) => {
    const workflow = sampleWorkflow({ kind, progress: progress({ phase, message: 'EIO' }) });
    expect(workflowStep(workflow).phase).toBe(words);
  });

  it('tells a rate only with a time to count it from', () => {
    const workflow = sampleWorkflow({
      progress: progress({ phase: 'verify', entriesDone: 500, entriesTotal: 2000 }),
    });
    const counts = { done: 500, total: 2000 };
    const none = { perSecond: undefined, leftMs: undefined };
    expect(workflowStep(workflow).figures).toEqual({ ...counts, ...none });
    const since = progress({ phase: 'verify', updatedMs: 1000 });
    const rate = { perSecond: 250, leftMs: 6000 };
    expect(workflowStep(workflow, since).figures).toEqual({ ...counts, ...rate });
  });

  it('leaves room for its id in a table of 80 columns', () => {
    const path = '/data/survey-2024/run-17/camera-2/frame-000144320.tif';
    const at = progress({ phase: 'checking', entriesDone: 144_320, path });
    const workflow = sampleWorkflow({ progress: at });
    const paint = pc.createColors(false);
    const shown = workflowTable([workflow], { paint, columns: 80, nowMs: 10_000 });
    expect(shown).toContain(workflow.id);
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says where the work is', () => {
    const at = progress({ phase: 'snapshot', entriesDone: 5, path: '/data/a/b' });
    const words = 'recording the shadow repo, 5 entries, at /data/a/b';
    expect(workflowSituationInFull(sampleWorkflow({ progress: at }))).toBe(words);
  });

  it('is to end, once somebody wants it to', () => {
    const cancelRequest = operator.CancelRequest.fromPartial({ by: 'B', atMs: 1 });
    const workflow = sampleWorkflow({ cancelRequest, progress: progress({ phase: 'verify' }) });
    expect(workflowStep(workflow)).toEqual({
      phase: 'to be cancelled, waiting for stad on host files1',
    });
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

it('counts with thousands set apart', () => {
  const rest = { perSecond: undefined, leftMs: undefined };
  expect(countWords({ done: 1200, total: 40_000, ...rest })).toBe('1,200 of 40,000 entries');
  expect(countWords({ done: 7, total: undefined, ...rest })).toBe('7 entries');
});
