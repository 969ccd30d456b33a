import { lstat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { Command } from 'commander';
import { randomUuid, uuidToBytes, type Author, type Uuid } from '@permafrost/events';
import { operator, RegistryService } from '@permafrost/proto';
import { nonEmptyArgument, registryArgument, uuidArgument } from '../arguments.ts';
import { gitAuthor } from '../author.ts';
import { exitCode } from '../exit-code.ts';
import { Failure, wrongUsage } from '../failure.ts';
import { globalPathOf } from '../global-path.ts';
import type { Session } from '../session.ts';
import { isOnline, repoValue } from '../view/repo.ts';
import { follow } from '../waiting/follow.ts';
import { LOST_ANSWER_MS_MAX, persistently } from '../waiting/steadily.ts';
import { authorFlag } from './author-flag.ts';
import { examples, type Bind } from './bind.ts';
import { reasonFlag } from './reason-flag.ts';

type Options = Readonly<{ author?: Author; uuid?: Uuid }>;

export function addInitRepo(init: Command, bind: Bind): void {
  init
    .command('repo')
    .description('make a directory a repo, and wait until it can be frozen')
    .argument('<registry>', 'name of the registry', registryArgument)
    .argument(
      '<path>',
      'path in the registry, below one of its roots; a relative one is a path here',
      nonEmptyArgument,
    )
    .option(
      '--uuid <id>',
      'the id that it had elsewhere; otherwise it gets a new one',
      uuidArgument,
    )
    .addOption(authorFlag())
    .addOption(reasonFlag())
    .addHelpText(
      'after',
      examples(
        'init repo lab /data/survey-2024',
        'init repo lab .',
        "init repo lab /data/survey --author 'A U Thor <a@example.org>'",
        'init repo lab . --uuid 6a1ee6c1-5b7f-4bb8-8c2d-0d6a3ef0a8f4',
      ),
    )
    .action(bind(initRepo));
}

async function initRepo(
  session: Session,
  registry: string,
  path: string,
  { author, uuid: repoId = randomUuid() }: Options,
): Promise<void> {
  const { regd, out, signal, commandLine } = session;
  const { name: creatorName, email: creatorEmail } = author ?? (await gitAuthor());
  // With an id that is known before, a repetition is the same request, and changes nothing.
  const bytes = Buffer.from(uuidToBytes(repoId));
  await refuseLostBytes(path);
  const globalPath = await pathInRegistry(session, registry, path);
  const request = { registry, globalPath, creatorName, creatorEmail, repoId: bytes };
  // Where there is no regd, this tells at once; what follows is patient.
  await regd.ask(operator.OperatorService.getStatus, {}, signal);
  await persistently(() => regd.ask(RegistryService.initRepo, request, signal), {
    signal,
    note: (words) => out.note(words),
    silenceMsMax: LOST_ANSWER_MS_MAX,
  });
  try {
    const repo = await online(session, repoId);
    out.result(repoValue(repo), () => `${repo.globalPath} is online, id ${repo.id}`);
  } catch (error) {
    if (error !== signal.reason || !(error instanceof Failure)) throw error;
    throw error.with({
      hints: [
        'The repo is accepted, and is set up without this command. See it with:',
        commandLine('status', globalPath),
      ],
      facts: { repoId },
    });
  }
}

/**
 * Bytes that are no UTF-8 reach a program as U+FFFD, and a repo of such a name would never be found. A name
 * may also have that character.
 */
async function refuseLostBytes(path: string): Promise<void> {
  const here = resolve(path);
  if (!here.includes('\ufffd') || (await isThere(here))) return;
  throw wrongUsage(
    `${here} is no UTF-8, as the path of a repo must be`,
    'Rename it, or make a directory above it the repo: below a repo, names may have any bytes.',
  );
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * An absolute path is one of the registry already. For others it asks for the roots, and only then,
 * since that takes a right of its own.
 */
async function pathInRegistry(
  { regd, signal }: Session,
  registry: string,
  path: string,
): Promise<string> {
  if (isAbsolute(path)) return path;
  const { roots } = await regd.ask(RegistryService.getRoots, { registry }, signal);
  return globalPathOf(path, roots);
}

/** Waits until the repo can be worked with. Throws a failure if it has an error instead. */
async function online(session: Session, repoId: string): Promise<operator.Repo> {
  const { regd, out, signal } = session;
  const note = (words: string): void => out.note(words);
  const { watchRepo } = operator.OperatorService;
  let isAnnounced = false;
  for await (const { repo } of follow(regd, watchRepo, () => ({ repoId }), { signal, note })) {
    if (!repo) continue;
    if (isOnline(repo)) return repo;
    if (repo.errorMessage !== '') throw notSetUp(session, repo);
    // regd needs a moment until it knows the host; from then on, stad is to act.
    if (!isAnnounced && repo.host !== '') {
      isAnnounced = true;
      note(await waitingWords(session, repo.host));
    }
  }
  throw regd.leftEarly();
}

async function waitingWords({ regd, signal }: Session, host: string): Promise<string> {
  const { daemons } = await regd.ask(operator.OperatorService.getStatus, {}, signal);
  const isThere = daemons.some((who) => who.alive && who.daemon === 'stad' && who.host === host);
  return isThere
    ? `waiting for stad on host ${host} to make the shadow repo`
    : `waiting for stad on host ${host}, which is not running; start it with permafrost-stad --host ${host}`;
}

function notSetUp({ commandLine }: Session, repo: operator.Repo): Failure {
  return new Failure(`${repo.globalPath} could not be set up: ${repo.errorMessage}`, {
    exitCode: exitCode.failed,
    code: 'REPO_NOT_SET_UP',
    hints: [
      'Mend the cause, and clear the error; stad then tries again:',
      commandLine('clear-error', repo.globalPath),
    ],
    facts: { repo: repoValue(repo) },
  });
}
