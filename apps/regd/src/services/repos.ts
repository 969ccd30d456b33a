// Repos: what they are, their errors, their events (spec/wire.md 8).
import { ulidToBytes, uuidToBytes, type Uuid } from '@permafrost/events';
import {
  RepoEvent,
  ReposService,
  type ClearRepoErrorI,
  type GetRepoO,
  type RepoEventsI,
  type RepoEventsO,
  type SetRepoErrorI,
} from '@permafrost/proto';
import { byteLength, repo, type RepoCommand } from '@permafrost/workflow-core';
import { eventStream, willBlock } from '../event-stream.ts';
import { badArgument, refusalError } from '../grpc/rpc-error.ts';
import { serviceOf, type Call, type MakeService } from '../grpc/service.ts';
import { afterOf, repoIdOf, vidOf } from '../wire/arguments.ts';
import { messageToSend } from '../wire/stored-message.ts';
import { tierCode } from '../wire/tier-code.ts';
import type { Context } from './context.ts';
import { findRepo } from './find-repo.ts';

const ERROR_MESSAGE_BYTES_MAX = 200;

export function reposService(context: Context): MakeService {
  const rpcs = new ReposRpcs(context);
  return serviceOf(
    ReposService,
    {
      getRepo: (request) => rpcs.getRepo(repoIdOf(request.repo)),
      confirmShadow: ({ repo: id, vid, shadowPath }, call) =>
        rpcs.tell(id, vid, { type: 'ConfirmShadow', shadowPath }, call),
      setRepoError: (request, call) => rpcs.setRepoError(request, call),
      clearRepoError: (request, call) => rpcs.clearRepoError(request, call),
      events: (request, call) => rpcs.events(request, call),
    },
    {
      subject: 'repos error',
      refusals: { SHADOW_EXISTS_ELSEWHERE: 'repos error: init conflict' },
    },
  );
}

class ReposRpcs {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async getRepo(id: Uuid): Promise<GetRepoO> {
    const { vid, state } = await findRepo(this.#context.engine, id);
    const { init, shadowPath, error, storage } = state;
    const shadow = shadowPath === '' ? '' : `${init.fileHost}:${shadowPath}`;
    const gitlab = init.gitlabHost === '' ? '' : `${init.gitlabHost}:${init.gitlabPath}`;
    return {
      repo: uuidToBytes(id),
      vid: ulidToBytes(vid),
      registry: init.registry,
      globalPath: init.globalPath,
      file: `${init.fileHost}:${init.hostPath}`,
      shadow,
      gitlab,
      gitlabProjectId: 0,
      errorMessage: error,
      archive: '',
      shadowBackup: '',
      archiveRecipients: [],
      shadowBackupRecipients: [],
      storageTier: tierCode(storage.tier),
    };
  }

  async tell(
    id: Uint8Array,
    vid: Uint8Array | undefined,
    command: RepoCommand,
    { origin }: Call,
  ): Promise<{ vid: Uint8Array }> {
    const engine = this.#context.engine.onBehalfOf(origin);
    return { vid: ulidToBytes(await engine.tell(repo, repoIdOf(id), vidOf(vid), command)) };
  }

  async setRepoError(request: SetRepoErrorI, call: Call): Promise<{ vid: Uint8Array }> {
    const { repo: id, vid, errorMessage: message } = request;
    if (byteLength(message) > ERROR_MESSAGE_BYTES_MAX) {
      throw badArgument(
        'ERROR_MESSAGE_TOO_LONG',
        'error message too long',
        `Use at most ${ERROR_MESSAGE_BYTES_MAX} bytes.`,
      );
    }
    return this.tell(id, vid, { type: 'SetError', message }, call);
  }

  async clearRepoError(request: ClearRepoErrorI, call: Call): Promise<{ vid: Uint8Array }> {
    const { repo: id, vid, errorMessage: message } = request;
    if (message === '') {
      throw refusalError('ERROR_MESSAGE_EMPTY', 'repos error: empty clear message');
    }
    return this.tell(id, vid, { type: 'ClearError', message }, call);
  }

  async *events(request: RepoEventsI, { signal }: Call): AsyncGenerator<RepoEventsO> {
    const history = repoIdOf(request.repo);
    const after = afterOf(request.after);
    const { engine, journal, log } = this.#context;
    await findRepo(engine, history);
    const { watch } = request;
    const stream = { journal, history, after, watch, signal, subject: 'repo journal error' };
    for await (const event of eventStream(stream)) {
      yield event === willBlock
        ? { repo: request.repo, events: [], willBlock: true }
        : { repo: request.repo, events: [messageToSend(RepoEvent, event, log)], willBlock: false };
    }
  }
}
