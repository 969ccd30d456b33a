// What is recorded of a repo's files: asked of the stad of its host, through the journal's database
// (spec/behaviour.md 17).
import { status } from '@grpc/grpc-js';
import { statStatusSubject, statSubject, type Uuid } from '@permafrost/events';
import {
  JobControl,
  PathStatus_Status as Mark,
  StatI_Flag as Flag,
  StatService,
  type inquiries,
  type PathStatus,
  type StatI,
  type StatStatusI,
  type StatStatusO,
} from '@permafrost/proto';
import { UnansweredError } from '@permafrost/workflow-core';
import { refusalError, RpcError } from '../grpc/rpc-error.ts';
import { serviceOf, type Call, type MakeService } from '../grpc/service.ts';
import { askStad } from '../inquiries/ask-stad.ts';
import { repoIdOf } from '../wire/arguments.ts';
import type { Context } from './context.ts';
import { findRepoOfFiles } from './find-repo.ts';

export function statService(context: Context): MakeService {
  return serviceOf(
    StatService,
    {
      stat: (request, call) => stat(context, request, call),
      statStatus: (request, call) => statStatus(context, request, call),
    },
    { subject: 'stat error' },
  );
}

/** With `JC_WAIT`, answers once it is recorded; else at once, and what fails then is in the log. */
async function stat(
  context: Context,
  request: StatI,
  { signal, goOn }: Call,
): Promise<Record<string, never>> {
  const repoId = repoIdOf(request.repo);
  const { authorName, authorEmail, jobControl } = request;
  if (authorName.trim() === '' || authorEmail.trim() === '') {
    throw refusalError('AUTHOR_MISSING', 'missing author name or email');
  }
  const mtimeRangeOnly = (request.flags & Flag.F_MTIME_RANGE_ONLY) !== 0;
  const question = { repoId, authorName, authorEmail, mtimeRangeOnly };
  const host = await hostOf(context, repoId);
  const recorded = (until: AbortSignal): Promise<void> =>
    answered(repoId, record(context, { host, question }, until));
  if (jobControl === JobControl.JC_WAIT) await recorded(signal);
  else {
    goOn(() =>
      recorded(new AbortController().signal).catch((error: unknown) => {
        context.log.warn({ repo: repoId, err: error }, 'the state of the files was not recorded');
      }),
    );
  }
  return {};
}

async function record(
  context: Context,
  asked: Readonly<{ host: string; question: inquiries.StatQuestion }>,
  signal: AbortSignal,
): Promise<void> {
  for await (const { commit, changed } of askStad(context, statSubject, asked, signal)) {
    const { repoId } = asked.question;
    context.log.info({ repo: repoId, commit, changed }, 'the state of the files was recorded');
  }
}

const PATHS_MAX = 64;
const marks: Readonly<Record<string, Mark>> = {
  '?': Mark.PS_NEW,
  M: Mark.PS_MODIFIED,
  D: Mark.PS_DELETED,
};

/** The last message is always there, and may be empty. */
async function* statStatus(
  context: Context,
  request: StatStatusI,
  { signal }: Call,
): AsyncGenerator<StatStatusO> {
  const repoId = repoIdOf(request.repo);
  const host = await hostOf(context, repoId);
  const asked = { host, question: { repoId } };
  let paths: PathStatus[] = [];
  try {
    for await (const { path, mark } of askStad(context, statStatusSubject, asked, signal)) {
      paths.push({ path, status: marks[mark] ?? Mark.PS_UNSPECIFIED });
      if (paths.length < PATHS_MAX) continue;
      yield { paths };
      paths = [];
    }
  } catch (error) {
    throw answer(repoId, error);
  }
  yield { paths };
}

async function hostOf({ engine }: Context, repoId: Uuid): Promise<string> {
  return (await findRepoOfFiles(engine, repoId)).state.init.fileHost;
}

async function answered(repoId: Uuid, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw answer(repoId, error);
  }
}

/** Clients of the Go system know this text, and this code. */
function answer(repoId: Uuid, error: unknown): unknown {
  if (error instanceof UnansweredError && error.code === 'STAD_ABSENT') {
    return new RpcError(`no nogfsostad connected for \`${repoId}\``, {
      status: status.UNAVAILABLE,
      code: error.code,
      remedy: 'Start permafrost-stad on the host of the repo.',
    });
  }
  return error;
}
