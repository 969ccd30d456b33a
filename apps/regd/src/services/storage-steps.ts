// The single steps of a freeze or thaw on the registry and on the repo, for those who carry a
// workflow out by hand (spec/wire.md 5.2). regd itself takes them in batches.
import { ulidToBytes, type Direction, type Uuid } from '@permafrost/events';
import type {
  RegistryAbortFreezeRepoI as RegistryAbortI,
  RegistryBeginFreezeRepoI as RegistryStepI,
  ReposAbortFreezeRepoI as RepoAbortI,
  ReposBeginFreezeRepoI as RepoStepI,
} from '@permafrost/proto';
import { registry, repo, type RegistryCommand, type RepoCommand } from '@permafrost/workflow-core';
import type { Wording } from '../grpc/answer.ts';
import type { Call } from '../grpc/service.ts';
import { repoIdOf, vidOf, workflowIdOf } from '../wire/arguments.ts';
import type { Context } from './context.ts';
import { findRegistry, listedRepo } from './find-registry.ts';

export class RegistryStepRpcs {
  readonly #direction: Direction;
  readonly #context: Context;

  constructor(direction: Direction, context: Context) {
    this.#direction = direction;
    this.#context = context;
  }

  get wording(): Wording {
    const REPO_HAS_CHILD_REPOS = `registry error: cannot ${this.#direction} repo`;
    return { subject: 'registry error', refusals: { REPO_HAS_CHILD_REPOS } };
  }

  begin(request: RegistryStepI, call: Call): Promise<{ registryVid: Uint8Array }> {
    return this.#tell(request, call, (ids) => ({ type: 'BeginStorage', ...ids }));
  }

  commit(request: RegistryStepI, call: Call): Promise<{ registryVid: Uint8Array }> {
    return this.#tell(request, call, (ids) => ({ type: 'CommitStorage', ...ids }));
  }

  abort(request: RegistryAbortI, call: Call): Promise<{ registryVid: Uint8Array }> {
    const { statusCode } = request;
    return this.#tell(request, call, (ids) => ({ type: 'AbortStorage', ...ids, statusCode }));
  }

  async #tell(
    request: RegistryStepI,
    { origin }: Call,
    command: (ids: { direction: Direction; repoId: Uuid; workflowId: Uuid }) => RegistryCommand,
  ): Promise<{ registryVid: Uint8Array }> {
    const engine = this.#context.engine.onBehalfOf(origin);
    const repoId = repoIdOf(request.repo);
    const { id, state } = await findRegistry(engine, request.registry);
    listedRepo(state, repoId);
    const vid = vidOf(request.registryVid);
    const ids = {
      direction: this.#direction,
      repoId,
      workflowId: workflowIdOf(request.workflow),
    };
    return { registryVid: ulidToBytes(await engine.tell(registry, id, vid, command(ids))) };
  }
}

export class RepoStepRpcs {
  readonly #direction: Direction;
  readonly #context: Context;

  constructor(direction: Direction, context: Context) {
    this.#direction = direction;
    this.#context = context;
  }

  get wording(): Wording {
    return {
      subject: 'repos error',
      refusals: {
        REPO_HELD_BY_OTHER_WORKFLOW: 'repos error: storage workflow conflict',
        REPO_HAS_STORED_ERROR: 'repos error: cannot proceed due to repo error',
      },
    };
  }

  begin(request: RepoStepI, call: Call): Promise<{ repoVid: Uint8Array }> {
    return this.#tell(request, call, (ids) => ({ type: 'BeginStorage', ...ids }));
  }

  commit(request: RepoStepI, call: Call): Promise<{ repoVid: Uint8Array }> {
    return this.#tell(request, call, (ids) => ({ type: 'CommitStorage', ...ids }));
  }

  abort(request: RepoAbortI, call: Call): Promise<{ repoVid: Uint8Array }> {
    const status = { code: request.statusCode, message: request.statusMessage };
    return this.#tell(request, call, (ids) => ({ type: 'AbortStorage', ...ids, status }));
  }

  async #tell(
    request: RepoStepI,
    { origin }: Call,
    command: (ids: { direction: Direction; workflowId: Uuid }) => RepoCommand,
  ): Promise<{ repoVid: Uint8Array }> {
    const engine = this.#context.engine.onBehalfOf(origin);
    const id = repoIdOf(request.repo);
    const vid = vidOf(request.repoVid);
    const ids = { direction: this.#direction, workflowId: workflowIdOf(request.workflow) };
    return { repoVid: ulidToBytes(await engine.tell(repo, id, vid, command(ids))) };
  }
}
