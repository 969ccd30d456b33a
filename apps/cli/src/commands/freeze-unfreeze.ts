// `freeze` and `unfreeze`: one command with two names. It begins a workflow and watches it to its
// end; the workflow needs nobody to watch, so leaving early harms nothing.
import type { Command } from 'commander';
import {
  directions,
  randomUuid,
  uuidToBytes,
  parseUuid,
  type Author,
  type Direction,
  type FreezePolicy,
  type Uuid,
} from '@permafrost/events';
import { FreezeRepoService, UnfreezeRepoService, type operator } from '@permafrost/proto';
import { timeoutArgument, uuidArgument } from '../arguments.ts';
import { gitAuthor } from '../author.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { findRepo } from '../target.ts';
import { repoTier, repoValue } from '../view/repo.ts';
import { hasFailed } from '../view/workflow.ts';
import { successWords, workflowFailure } from '../view/workflow-end.ts';
import { withTimeout } from '../waiting/give-up.ts';
import { LOST_ANSWER_MS_MAX, persistently } from '../waiting/steadily.ts';
import { authorFlag } from './author-flag.ts';
import { examples, type Bind } from './bind.ts';
import { addPolicyFlags, policyOf, type PolicyOptions } from './policy-flags.ts';
import { reasonFlag } from './reason-flag.ts';
import { watchToEnd } from './watch-to-end.ts';

type Options = PolicyOptions &
  Readonly<{
    author?: Author;
    workflow?: Uuid;
    wait: boolean;
    timeout?: number;
  }>;

/** What a failure is told with. */
type Told = Readonly<{ hints: readonly string[]; facts: Readonly<Record<string, unknown>> }>;

const descriptions: Readonly<Record<Direction, string>> = {
  freeze: 'make every file and directory of a repo immutable',
  unfreeze: 'make a frozen repo writable again',
};

const beginMethods = {
  freeze: FreezeRepoService.beginFreezeRepo,
  unfreeze: UnfreezeRepoService.beginUnfreezeRepo,
} as const;

export function addFreezeAndUnfreeze(program: Command, bind: Bind): void {
  for (const direction of directions) {
    const command = program
      .command(direction)
      .description(descriptions[direction])
      .argument('<path-or-id>', 'a repo: its path here or in the registry, or its id')
      .addOption(authorFlag())
      .addOption(reasonFlag())
      .option('--workflow <uuid>', 'id for the workflow; may be repeated safely', uuidArgument)
      .option('--no-wait', 'begin, and do not wait for the end')
      .option('--timeout <duration>', 'wait no longer than this, such as 10m', timeoutArgument)
      .addHelpText(
        'after',
        examples(
          `${direction} /data/survey-2024`,
          `${direction} . --author 'A U Thor <author@example.org>' --timeout 10m`,
          `${direction} /data/survey-2024 --no-wait`,
        ),
      )
      .action(bind((session, ...args: [string, Options]) => run(session, direction, ...args)));
    if (direction === 'freeze') addPolicyFlags(command);
  }
}

async function run(
  session: Session,
  direction: Direction,
  target: string,
  options: Options,
): Promise<void> {
  const author = options.author ?? (await gitAuthor());
  const workflow = options.workflow ?? randomUuid();
  const signal = withTimeout(session.signal, options.timeout);
  const timed: Session = { ...session, signal };
  const repo = await findRepo(timed, target);
  session.out.note(`${direction} ${repo.globalPath}, workflow ${workflow}`);
  try {
    await begin(timed, direction, { repo, workflow, author, policy: policyOf(options) });
    if (options.wait) tellEnd(session, await watchToEnd(timed, workflow));
    else tellBegun(session, repo, workflow);
  } catch (error) {
    // From the first try on, the workflow may have begun, whether or not anybody was told.
    if (!(error instanceof Failure)) throw error;
    if (error === signal.reason) throw error.with(goingOn(session, workflow));
    if (error.code === 'REPO_IN_OTHER_TIER') throw error.with(await tierNow(timed, repo.id));
    throw error;
  }
}

/** Asks regd to begin. A lost answer is asked for again: the id makes it the same request. */
async function begin(
  { regd, out, signal }: Session,
  direction: Direction,
  {
    repo,
    workflow,
    author,
    policy,
  }: { repo: operator.Repo; workflow: Uuid; author: Author; policy: FreezePolicy },
): Promise<void> {
  const request = {
    registry: repo.registry,
    repo: Buffer.from(uuidToBytes(parseUuid(repo.id))),
    workflow: Buffer.from(uuidToBytes(workflow)),
    authorName: author.name,
    authorEmail: author.email,
    ...policy,
  };
  await persistently(() => regd.ask(beginMethods[direction], request, signal), {
    signal,
    note: (words) => out.note(words),
    silenceMsMax: LOST_ANSWER_MS_MAX,
  });
}

/** What the repo is instead, for a refusal that only says that it is something else. */
async function tierNow(session: Session, repoId: string): Promise<Told> {
  const repo = await findRepo(session, repoId);
  const tier = repoTier(repo);
  return { hints: [`The repo is ${tier}.`], facts: { repo: repoValue(repo) } };
}

function tellEnd({ out }: Session, workflow: operator.Workflow): void {
  if (hasFailed(workflow)) throw workflowFailure(workflow);
  out.result(workflow, (paint) => paint.green(successWords(workflow)));
}

function tellBegun(session: Session, { id, globalPath }: operator.Repo, workflow: Uuid): void {
  session.out.result({ id: workflow, repoId: id, globalPath }, () =>
    [workflow, ...goingOn(session, workflow).hints].join('\n'),
  );
}

function goingOn({ commandLine }: Session, workflow: Uuid): Told {
  return {
    hints: [
      `Workflow ${workflow} goes on without this command. Follow it with:`,
      commandLine('events', 'workflow', workflow, '--watch'),
    ],
    facts: { workflow: { id: workflow } },
  };
}
