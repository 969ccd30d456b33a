// What of a repo's files is not as recorded: asked of the stad of its host, and handed on.
import { checkSubject } from '@permafrost/events';
import type { check } from '@permafrost/proto';
import type { Call } from '../grpc/service.ts';
import { askStad } from '../inquiries/ask-stad.ts';
import type { Context } from '../services/context.ts';
import { findRepo } from '../services/find-repo.ts';
import { uuidArgument } from './ids.ts';

export async function* checkRepo(
  context: Context,
  request: check.CheckRepoRequest,
  { signal }: Call,
): AsyncGenerator<check.CheckRepoResponse> {
  const repoId = uuidArgument(request.repoId, 'repo id');
  const { fileHost: host } = (await findRepo(context.engine, repoId)).state.init;
  yield* askStad(context, checkSubject, { host, question: { repoId } }, signal);
}
