// Begins a freeze or thaw and watches it to its end; the workflow needs nobody to watch, so leaving
// early harms nothing.
import {
  uuidToBytes,
  parseUuid,
  type Author,
  type Direction,
  type FreezePolicy,
  type Uuid,
} from '@permafrost/events';
import { FreezeRepoService, UnfreezeRepoService, type operator } from '@permafrost/proto';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { findRepo } from '../target.ts';
import { repoTier, repoValue } from '../view/repo.ts';
import { hasFailed } from '../view/workflow.ts';
import { successWords, workflowFailure } from '../view/workflow-end.ts';
import { LOST_ANSWER_MS_MAX, persistently } from '../waiting/steadily.ts';
import { watchToEnd } from './watch-to-end.ts';

export type Change = Readonly<{
  direction: Direction;
  repo: operator.Repo;
  workflow: Uuid;
  author: Author;
  policy: FreezePolicy;
  /** Given to begin also on a repo that already is what the workflow makes of it. */
  repair?: true;
}>;

/** What a failure is told with. */
type Told = Readonly<{ hints: readonly string[]; facts: Readonly<Record<string, unknown>> }>;

const beginMethods = {
  freeze: FreezeRepoService.beginFreezeRepo,
  unfreeze: UnfreezeRepoService.beginUnfreezeRepo,
} as const;

/** Tells how it ended; or how to follow it, when it shall not be waited for. */
export async function changeRepo(
  session: Session,
  change: Change,
  { wait }: Readonly<{ wait: boolean }>,
): Promise<void> {
  const { direction, repo, workflow } = change;
  const { out, signal } = session;
  out.note(`${direction} ${repo.globalPath}, workflow ${workflow}`);
  try {
    await begin(session, change);
    if (wait) tellEnd(session, await watchToEnd(session, workflow));
    else tellBegun(session, repo, workflow);
  } catch (error) {
    // From the first try on, the workflow may have begun, whether or not anybody was told.
    if (!(error instanceof Failure)) throw error;
    if (error === signal.reason) throw error.with(goingOn(session, workflow));
    if (error.code === 'REPO_IN_OTHER_TIER') throw error.with(await tierNow(session, repo.id));
    throw error;
  }
}

/** Asks regd to begin. A lost answer is asked for again: the id makes it the same request. */
async function begin(
  { regd, out, signal }: Session,
  { direction, repo, workflow, author, policy, repair }: Change,
): Promise<void> {
  const request = {
    registry: repo.registry,
    repo: Buffer.from(uuidToBytes(parseUuid(repo.id))),
    workflow: Buffer.from(uuidToBytes(workflow)),
    authorName: author.name,
    authorEmail: author.email,
    repair,
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

/** On stdout nothing but the id, for scripts that keep it. */
function tellBegun(session: Session, { id, globalPath }: operator.Repo, workflow: Uuid): void {
  session.out.result({ id: workflow, repoId: id, globalPath }, () => workflow);
  for (const hint of goingOn(session, workflow).hints) session.out.note(hint);
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
