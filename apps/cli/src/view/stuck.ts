// Workflows that wait: on whom, and since when.
import { workingPhases } from '@permafrost/events';
import type { operator } from '@permafrost/proto';
import { table } from '../output/table.ts';
import type { Paint } from '../output/terminal.ts';
import { timeAgo } from '../output/time.ts';
import { hasEnded, workflowSituation } from './workflow.ts';

export type StuckWorkflow = operator.Workflow & Readonly<{ waitingSinceMs: number }>;

/** Those that have not come on for so long, in milliseconds, longest first. */
export function stuckWorkflows(
  workflows: readonly operator.Workflow[],
  { forMs, nowMs }: { forMs: number; nowMs: number },
): readonly StuckWorkflow[] {
  return workflows
    .filter((workflow) => !hasEnded(workflow))
    .map((workflow) => ({ ...workflow, waitingSinceMs: lastSignMs(workflow) }))
    .filter(({ waitingSinceMs }) => nowMs - waitingSinceMs >= forMs)
    .sort((a, b) => a.waitingSinceMs - b.waitingSinceMs);
}

/** When a workflow last came on: by an event, or by work on its files. A new try is no sign of that. */
function lastSignMs({ progress, worker, updatedMs }: operator.Workflow): number {
  const isAtWork = progress && worker?.alive === true && workingPhases.has(progress.phase);
  return isAtWork ? Math.max(updatedMs, progress.updatedMs) : updatedMs;
}

export function stuckTable(
  workflows: readonly StuckWorkflow[],
  { paint, columns, nowMs }: { paint: Paint; columns: number; nowMs: number },
): string {
  const rows = workflows.map((workflow) => [
    `${workflow.globalPath}\n${paint.dim(workflow.id)}`,
    `${paint.yellow(workflow.waitingFor)}\n${situation(workflow)}`,
    timeAgo(workflow.waitingSinceMs, nowMs),
  ]);
  return table(['REPO, WORKFLOW', 'WAITS FOR', 'SINCE'], rows, { paint, columns });
}

function situation(workflow: operator.Workflow): string {
  const saysMore = workflow.progress !== undefined || workflow.cancelRequest !== undefined;
  return saysMore ? workflowSituation(workflow) : workflow.kind;
}
