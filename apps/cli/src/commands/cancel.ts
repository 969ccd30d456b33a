// `cancel`: ends what is under way, and waits until it has ended. By force it breaks the glass.
import type { Command } from 'commander';
import type { Author, Uuid } from '@permafrost/events';
import { operator } from '@permafrost/proto';
import { nonEmptyArgument, timeoutArgument } from '../arguments.ts';
import { gitAuthor } from '../author.ts';
import { exitCode } from '../exit-code.ts';
import { Failure, wrongUsage, type Telling } from '../failure.ts';
import type { Session } from '../session.ts';
import { findWorkflowId } from '../target.ts';
import { hasFailed } from '../view/workflow.ts';
import { cancelledWords, successWords } from '../view/workflow-end.ts';
import { withTimeout } from '../waiting/give-up.ts';
import { LOST_ANSWER_MS_MAX, persistently } from '../waiting/steadily.ts';
import { authorFlag } from './author-flag.ts';
import { examples, type Bind } from './bind.ts';
import { reasonFlag } from './reason-flag.ts';
import { watchToEnd } from './watch-to-end.ts';

type Options = Readonly<{ reason?: string; author?: Author; force?: boolean; timeout?: number }>;

export function addCancel(program: Command, bind: Bind): void {
  program
    .command('cancel')
    .description('end a freeze or unfreeze that is under way; either can take up from there')
    .argument(
      '<workflow-or-path>',
      'id of a workflow; or a repo, by its path or id',
      nonEmptyArgument,
    )
    .addOption(reasonFlag())
    .addOption(authorFlag())
    .option('--force', 'do not wait for stad: to free a repo that nothing else frees')
    .option('--timeout <duration>', 'wait no longer than this, such as 10m', timeoutArgument)
    .addHelpText(
      'after',
      examples(
        'cancel /data/survey-2024',
        "cancel /data/survey-2024 --reason 'one run is missing'",
        "cancel /data/survey-2024 --force --reason 'server is gone'",
      ),
    )
    .action(bind(cancel));
}

async function cancel(session: Session, target: string, options: Options): Promise<void> {
  const { reason = '', force = false, timeout } = options;
  if (force && reason === '') {
    throw wrongUsage('--force needs a --reason', 'It is recorded with your name.');
  }
  const { name, email } = options.author ?? (await gitAuthor());
  const signal = withTimeout(session.signal, timeout);
  const timed: Session = { ...session, signal };
  const workflowId = await findWorkflowId(timed, target);
  session.out.note(`cancel workflow ${workflowId}`);
  try {
    await ask(timed, { workflowId, by: `${name} <${email}>`, reason, force });
    tellEnd(session, await watchToEnd(timed, workflowId));
  } catch (error) {
    if (!(error instanceof Failure) || error !== signal.reason) throw error;
    throw error.with(goingOn(session, workflowId));
  }
}

async function ask(
  { regd, out, signal }: Session,
  request: operator.CancelWorkflowRequest,
): Promise<void> {
  const { cancelWorkflow } = operator.OperatorService;
  await persistently(() => regd.ask(cancelWorkflow, request, signal), {
    signal,
    note: (words) => out.note(words),
    silenceMsMax: LOST_ANSWER_MS_MAX,
  });
}

function tellEnd({ out }: Session, workflow: operator.Workflow): void {
  if (hasFailed(workflow)) {
    out.result(workflow, () => cancelledWords(workflow));
    return;
  }
  throw new Failure(`too late to cancel: ${successWords(workflow)}`, {
    exitCode: exitCode.failed,
    code: 'WORKFLOW_DONE',
    facts: { workflow },
  });
}

function goingOn({ commandLine }: Session, workflow: Uuid): Telling {
  return {
    hints: [
      'The wish to cancel stays, for whoever works on the files. To end the workflow without them:',
      commandLine('cancel', workflow, '--force', '--reason', 'WHY'),
    ],
    facts: { workflow: { id: workflow } },
  };
}
