// Registries: how they are set up, and what is in them (spec/wire.md 8).
import {
  mainId,
  randomUuid,
  registryId,
  ulidToBytes,
  uuidToBytes,
  workflowIndexId,
  type Root,
  type Vid,
} from '@permafrost/events';
import {
  RegistryEvent,
  RegistryService,
  RepoAclPolicy_Policy,
  type GetRepoAclPolicyO,
  type InitRepoI,
  type InitRepoO,
  type InitRootI,
  type RegistryEventsI,
  type RegistryEventsO,
} from '@permafrost/proto';
import {
  cleanPath,
  confirmRegistry,
  initRepo,
  main,
  registry,
  reposWithin,
  rootsByPath,
  type RegistryCommand,
} from '@permafrost/workflow-core';
import { eventStream, willBlock } from '../event-stream.ts';
import { refusalError } from '../grpc/rpc-error.ts';
import { serviceOf, type Call, type MakeService } from '../grpc/service.ts';
import { afterOf, optionalRepoIdOf, registryNameOf, repoIdOf, vidOf } from '../wire/arguments.ts';
import { messageToSend } from '../wire/stored-message.ts';
import type { Context } from './context.ts';
import { findRegistry, listedRepo } from './find-registry.ts';

export function registryService(context: Context): MakeService {
  const rpcs = new RegistryRpcs(context);
  return serviceOf(
    RegistryService,
    {
      initRegistry: async ({ registry: name, mainVid }, call) => ({
        mainVid: ulidToBytes(await rpcs.initRegistry(registryNameOf(name), vidOf(mainVid), call)),
      }),
      enableEphemeralWorkflows: async ({ registry: name, vid }, call) => {
        const indexId = workflowIndexId(registryNameOf(name));
        const command = { type: 'EnableEphemeralWorkflows', indexId } as const;
        return {
          vid: await rpcs.tell(name, vidOf(vid), command, call),
          ephemeralWorkflowsId: uuidToBytes(indexId),
        };
      },
      initRoot: async (request, call) => ({
        vid: await rpcs.tell(
          request.registry,
          vidOf(request.vid),
          { type: 'InitRoot', root: rootOf(request) },
          call,
        ),
      }),
      removeRoot: async ({ registry: name, vid, globalRoot }, call) => ({
        vid: await rpcs.tell(
          name,
          vidOf(vid),
          { type: 'RemoveRoot', globalRoot: cleanPath(globalRoot) },
          call,
        ),
      }),
      initRepo: (request, call) => rpcs.initRepo(request, call),
      info: async ({ registry: name }) => {
        const { vid, state } = await findRegistry(context.engine, name);
        const counts = { numRoots: state.roots.size, numRepos: state.repos.size };
        return { registry: name, vid: ulidToBytes(vid), ...counts };
      },
      getRoots: async ({ registry: name }) => {
        const { vid, state } = await findRegistry(context.engine, name);
        return { registry: name, vid: ulidToBytes(vid), roots: [...rootsByPath(state)] };
      },
      getRoot: async ({ registry: name, globalRoot }) => {
        const { vid, state } = await findRegistry(context.engine, name);
        const root = state.roots.get(cleanPath(globalRoot));
        if (!root) throw refusalError('ROOT_UNKNOWN', 'unknown root');
        const recipients = { archiveRecipients: [], shadowBackupRecipients: [] };
        return { registry: name, registryVid: ulidToBytes(vid), root: { ...root, ...recipients } };
      },
      getRepos: async ({ registry: name, globalPathPrefix }) => {
        const { vid, state } = await findRegistry(context.engine, name);
        const top = globalPathPrefix === '' ? undefined : cleanPath(globalPathPrefix);
        const repos = reposWithin(state, top).map(({ id, globalPath, confirmed }) => ({
          id: uuidToBytes(id),
          globalPath,
          confirmed,
        }));
        return { registry: name, vid: ulidToBytes(vid), repos };
      },
      getRepoAclPolicy: ({ registry: name, repo }) => rpcs.getRepoAclPolicy(name, repo),
      events: (request, call) => rpcs.events(request, call),
    },
    { subject: 'registry error' },
  );
}

class RegistryRpcs {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Resolves to the version of main. */
  async initRegistry(name: string, vid: Vid, { origin }: Call): Promise<Vid> {
    const engine = this.#context.engine.onBehalfOf(origin);
    const accepted = await engine.tell(main, mainId, vid, { type: 'AcceptRegistry', name });
    // regd's loop would do it a moment later; who was answered shall find the registry there.
    await confirmRegistry(engine, name);
    return accepted;
  }

  /** Resolves to the bytes of the registry's version. */
  async tell(
    name: string,
    vid: Vid,
    command: RegistryCommand,
    { origin }: Call,
  ): Promise<Uint8Array> {
    const id = registryId(registryNameOf(name));
    const engine = this.#context.engine.onBehalfOf(origin);
    return ulidToBytes(await engine.tell(registry, id, vid, command));
  }

  async initRepo(request: InitRepoI, { origin }: Call): Promise<InitRepoO> {
    const { creatorName: name, creatorEmail: email } = request;
    const repoId = optionalRepoIdOf(request.repoId) ?? randomUuid();
    const vid = await initRepo(this.#context.engine.onBehalfOf(origin), {
      registry: registryNameOf(request.registry),
      vid: vidOf(request.vid),
      repoId,
      globalPath: cleanPath(request.globalPath),
      creator: { name, email },
    });
    return { repo: uuidToBytes(repoId), vid: ulidToBytes(vid) };
  }

  async getRepoAclPolicy(name: string, repo: Uint8Array): Promise<GetRepoAclPolicyO> {
    const repoId = repoIdOf(repo);
    const { vid, state } = await findRegistry(this.#context.engine, name);
    listedRepo(state, repoId);
    const policy = { policy: RepoAclPolicy_Policy.P_NO_ACLS, fsoRootInfo: undefined };
    return { registry: name, registryVid: ulidToBytes(vid), policy };
  }

  /** An unknown registry has no events, which is no error. */
  async *events(request: RegistryEventsI, { signal }: Call): AsyncGenerator<RegistryEventsO> {
    const { registry: name, watch } = request;
    const history = registryId(registryNameOf(name));
    const { journal, log } = this.#context;
    const after = afterOf(request.after);
    const stream = { journal, history, after, watch, signal, subject: 'journal error' };
    for await (const event of eventStream(stream)) {
      yield event === willBlock
        ? { registry: name, events: [], willBlock: true }
        : { registry: name, events: [messageToSend(RegistryEvent, event, log)], willBlock: false };
    }
  }
}

function rootOf({ host, globalRoot, hostRoot, gitlabNamespace }: InitRootI): Root {
  return {
    host,
    globalRoot: cleanPath(globalRoot),
    hostRoot: cleanPath(hostRoot),
    gitlabNamespace: gitlabNamespace.replace(/\/+$/, ''),
  };
}
