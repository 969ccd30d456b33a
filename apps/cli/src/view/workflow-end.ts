// How a freeze or an unfreeze that has ended is told to the one who asked for it.
import type { operator } from '@permafrost/proto';
import { exitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { span } from '../output/time.ts';

/** One line for one that succeeded. */
export function successWords({
  kind,
  globalPath,
  startedMs,
  updatedMs,
}: operator.Workflow): string {
  const done = kind === 'freeze' ? 'frozen' : 'unfrozen';
  return `${globalPath} is ${done}, after ${span(updatedMs - startedMs)}`;
}

/** For one that was cancelled: what has ended, why, and what is possible now. */
export function cancelledWords({ kind, globalPath, statusMessage }: operator.Workflow): string {
  return [
    `the ${kind} of ${globalPath} has ended: ${statusMessage}`,
    'Some files may be immutable and some not: freeze or unfreeze takes up from there.',
  ].join('\n');
}

/** One that failed: where, why, and what to do next. */
export function workflowFailure(workflow: operator.Workflow): Failure {
  const { kind, globalPath, statusCode, statusMessage } = workflow;
  const { where, hints } = explanationOf(statusCode);
  return new Failure(
    `could not ${kind} ${globalPath}: ${statusMessage} (${statusCode}, ${where})`,
    {
      exitCode: exitCode.failed,
      code: 'WORKFLOW_FAILED',
      hints,
      facts: { workflow },
    },
  );
}

/** What the status codes of spec/wire.md 4.1 mean to an operator. */
function explanationOf(code: number): { where: string; hints: readonly string[] } {
  switch (code) {
    case 103:
    case 106:
      return {
        where: 'the registry refused',
        hints: [
          'Nothing was changed. See the repo with `permafrost status`; once nothing stands in the',
          'way, run the same command again.',
        ],
      };
    case 104:
    case 107:
      return {
        where: 'the repo refused',
        hints: [
          'No file was changed. See the repo with `permafrost status`, mend what it shows, and run',
          'the same command again.',
        ],
      };
    case 105:
    case 108:
      return {
        where: 'the files',
        hints: [
          'Mend the cause, then run the same command again: it goes on where this one ended. The',
          'log of stad tells more.',
        ],
      };
    default:
      return { where: 'failed', hints: ['Mend the cause, then run the same command again.'] };
  }
}
