// Each batch that moves a workflow is a step of it: what a daemon has decided, and how long it took
// until that was kept.
import { workflowCodec, type Change, type Journal, type Uuid } from '@permafrost/events';
import { SC_OK } from '@permafrost/workflow-core';
import { withCommit } from '../with-commit.ts';
import type { Failure } from './span-end.ts';
import type { Step, WorkflowSpans } from './workflow-spans.ts';

/** The same journal, all of it, whose commits leave spans. */
export function tracedCommits<J extends Journal>(journal: J, spans: WorkflowSpans): J {
  return withCommit(journal, (batch) => {
    // Those who lost a race are decided together: one batch may move several workflows.
    const commit = [...stepsOf(batch)].reduce(
      (work, [workflow, step]) =>
        () =>
          spans.step(workflow, step, work),
      () => journal.commit(batch),
    );
    return commit();
  });
}

/** The first event of a workflow in a batch is the one that tells; the others follow from it. */
function stepsOf(batch: readonly Change[]): ReadonlyMap<Uuid, Step> {
  const steps = new Map<Uuid, Step>();
  const repos = batch.filter((change) => change.do === 'append' && change.kind === 'repo');
  for (const change of batch) {
    if (change.do !== 'append' || change.kind !== 'workflow' || steps.has(change.history)) continue;
    const { event } = workflowCodec.decode(change.body);
    if (!('direction' in event)) continue;
    const repo = event.type === 'WorkflowStarted' ? event.start.repoId : onlyOf(repos);
    const failure = 'status' in event ? failureOf(event.status) : undefined;
    steps.set(change.history, {
      name: `commit ${event.type}`,
      kind: event.direction,
      repo,
      failure,
    });
  }
  return steps;
}

function onlyOf(changes: readonly Change[]): Uuid | undefined {
  const histories = new Set(changes.map(({ history }) => history));
  return histories.size === 1 ? changes[0]?.history : undefined;
}

function failureOf({ code, message }: { code: number; message: string }): Failure | undefined {
  return code === SC_OK ? undefined : { code: String(code), message };
}
