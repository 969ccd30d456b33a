import type { operator } from '@permafrost/proto';
import { table } from '../output/table.ts';
import type { Paint } from '../output/terminal.ts';
import { timeAgo } from '../output/time.ts';
import { originWords } from './origin.ts';
import { hasEnded, hasFailed, workflowHeadline, workflowSituation } from './workflow.ts';

/** Two lines a workflow: what it does to which repo, and how it can be found and where it stands. */
export function workflowTable(
  workflows: readonly operator.Workflow[],
  { paint, columns, nowMs }: { paint: Paint; columns: number; nowMs: number },
): string {
  const rows = workflows.map((workflow) => [
    `${workflow.globalPath}\n${paint.dim(workflow.id)}`,
    `${headline(workflow, paint)}\n${workflowSituation(workflow)}`.trimEnd(),
    `${timeAgo(workflow.startedMs, nowMs)}\n${paint.dim(asker(workflow))}`,
  ]);
  return table(['REPO, WORKFLOW', 'STATE', 'BEGUN'], rows, { paint, columns });
}

/** The author, whom the caller chose to name, and whom regd has verified. */
function asker({ authorName, origin }: operator.Workflow): string {
  const asked = originWords(origin);
  return asked === '' ? authorName : `${authorName} (${asked})`;
}

function headline(workflow: operator.Workflow, paint: Paint): string {
  const words = workflowHeadline(workflow);
  if (hasFailed(workflow)) return paint.red(words);
  return hasEnded(workflow) ? paint.green(words) : paint.yellow(words);
}
