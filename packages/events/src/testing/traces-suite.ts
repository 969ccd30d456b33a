// What must hold of the traces of workflows, run on every adapter.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomUuid } from '../ids/uuid.ts';
import type { Journal } from '../journal/journal.ts';
import { TRACES_KEPT_MS, type WorkflowTraces } from '../journal/workflow-traces.ts';

/** New, empty traces under test. */
export interface TracesFixture {
  journal: Pick<Journal, 'close' | 'end'> & { readonly traces: WorkflowTraces };
  /** Closes all handles, and removes what was stored. */
  close: () => Promise<void>;
}

const atMs = 1_700_000_000_000;
const traceparent = (digit: string): string => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;

/** Registers the tests of the {@link WorkflowTraces} contract under a name. */
export function tracesSuite(name: string, open: () => Promise<TracesFixture>): void {
  describe(`${name}: the traces of workflows`, () => {
    let fixture: TracesFixture;
    let traces: WorkflowTraces;

    beforeEach(async () => {
      fixture = await open();
      traces = fixture.journal.traces;
    });

    afterEach(() => fixture.close());

    test('are recalled by workflow, and the first one stands', async () => {
      const [workflow, other] = [randomUuid(), randomUuid()];
      expect(await traces.recall(workflow)).toBeUndefined();
      const first = { workflow, traceparent: traceparent('1'), atMs };
      await traces.remember(first);
      await traces.remember({ ...first, traceparent: traceparent('2') });
      expect(await traces.recall(workflow)).toBe(traceparent('1'));
      expect(await traces.recall(other)).toBeUndefined();
    });

    test('are forgotten when they are old, once there are new ones', async () => {
      const [old, young] = [randomUuid(), randomUuid()];
      await traces.remember({ workflow: old, traceparent: traceparent('1'), atMs: atMs - 1 });
      await traces.remember({ workflow: young, traceparent: traceparent('2'), atMs });
      const nowMs = atMs + TRACES_KEPT_MS;
      await traces.remember({ workflow: randomUuid(), traceparent: traceparent('3'), atMs: nowMs });
      expect(await traces.recall(old)).toBeUndefined();
      expect(await traces.recall(young)).toBe(traceparent('2'));
    });

    test('are no events, and are not told by a closed journal', async () => {
      const workflow = randomUuid();
      const trace = { workflow, traceparent: traceparent('1'), atMs };
      await traces.remember(trace);
      expect(await fixture.journal.end()).toBe(0);
      await fixture.journal.close();
      const closed = { code: 'JOURNAL_CLOSED' };
      await expect(traces.remember(trace)).rejects.toMatchObject(closed);
      await expect(traces.recall(workflow)).rejects.toMatchObject(closed);
    });
  });
}
