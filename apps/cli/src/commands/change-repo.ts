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
import { Failure, type Telling } from '../failure.ts';
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

/** The tier from which there is nothing left to do. */
const tierAfter: Readonly<Record<Direction, string>> = { freeze: 'frozen', unfreeze: 'online' };

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
    if (error.code === 'REPO_IN_OTHER_TIER') throw error.with(await tierNow(session, change));
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
async function tierNow(session: Session, { repo: { id }, direction }: Change): Promise<Telling> {
  const repo = await findRepo(session, id);
  const tier = repoTier(repo);
  const facts = { repo: repoValue(repo) };
  return tier === tierAfter[direction]
    ? { message: `${repo.globalPath} is ${tier} already: there is nothing to ${direction}`, facts }
    : { hints: [`The repo is ${tier}.`], facts };
}

function tellEnd({ out }: Session, workflow: operator.Workflow): void {
  if (hasFailed(workflow)) throw workflowFailure(workflow);
  out.result(workflow, (paint) => paint.green(successWords(workflow)));
}

/** On stdout nothing but the id, for scripts that keep it. */
function tellBegun(session: Session, { id, globalPath }: operator.Repo, workflow: Uuid): void {
  session.out.result({ id: workflow, repoId: id, globalPath }, () => workflow);
  for (const hint of howToFollow(session, workflow)) session.out.note(hint);
}

function goingOn(session: Session, workflow: Uuid): Telling {
  return { hints: howToFollow(session, workflow), facts: { workflow: { id: workflow } } };
}

function howToFollow({ commandLine }: Session, workflow: Uuid): readonly string[] {
  return [
    `Workflow ${workflow} goes on without this command. Follow it with:`,
    commandLine('events', 'workflow', workflow, '--watch'),
  ];
}
