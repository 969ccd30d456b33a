import type { Uuid } from '@permafrost/events';
import { operator } from '@permafrost/proto';
import { stepDisplay } from '../output/step-display.ts';
import type { Session } from '../session.ts';
import { hasEnded, workflowStep } from '../view/workflow.ts';
import { follow } from '../waiting/follow.ts';

/** Shows how a workflow comes along, and resolves to how it ended. */
export async function watchToEnd(
  { regd, out, signal }: Session,
  workflowId: Uuid,
): Promise<operator.Workflow> {
  const display = stepDisplay(out.err);
  const patience = { signal, note: (words: string) => display.note(words) };
  const { watchWorkflow } = operator.OperatorService;
  try {
    for await (const { workflow } of follow(
      regd,
      watchWorkflow,
      () => ({ workflowId }),
      patience,
    )) {
      if (!workflow) continue;
      if (hasEnded(workflow)) return workflow;
      display.show(workflowStep(workflow));
    }
  } finally {
    display.end();
  }
  throw regd.leftEarly();
}
