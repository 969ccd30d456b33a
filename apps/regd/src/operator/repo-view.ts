// A repo as people see it, and the ways in which they name one.
import {
  mainId,
  MalformedIdError,
  parseUuid,
  registryId,
  type Engine,
  type Uuid,
} from '@permafrost/events';
import { status } from '@grpc/grpc-js';
import type { operator } from '@permafrost/proto';
import {
  cleanPath,
  hostPathOf,
  isWithin,
  main,
  rebase,
  registry,
  repo,
  repoAround,
  rootOf,
  type Registry,
  type RegistryRepo,
} from '@permafrost/workflow-core';
import { notFound, RpcError } from '../grpc/rpc-error.ts';
import { activeWorkflowOf } from '../holder.ts';
import type { Context } from '../services/context.ts';
import { tierCode } from '../wire/tier-code.ts';
import type { WorkflowViews } from './workflow-view.ts';

/** A repo in its registry. */
export type Listed = Readonly<{ registry: Registry; repo: RegistryRepo }>;

export class RepoViews {
  readonly #context: Context;
  readonly #workflows: WorkflowViews;

  constructor(context: Context, workflows: WorkflowViews) {
    this.#context = context;
    this.#workflows = workflows;
  }

  /**
   * The repo that a person means: by its id, else by a path at or below its global path, else by a
   * path at or below where it lies on its host. Throws an {@link RpcError}.
   */
  async find(target: string): Promise<operator.Repo> {
    return this.#view(await this.locate(target));
  }

  /** The same repo, as its registry lists it. */
  async locate(target: string): Promise<Listed> {
    const id = asUuid(target);
    const listed = id ? await this.#listed(id) : await this.#at(cleanPath(target));
    if (listed) return listed;
    const text = `no repo ${id ? 'has the id' : 'holds the path'} ${target}`;
    throw notFound('REPO_NOT_FOUND', text, 'List the repos with `permafrost repos REGISTRY`.');
  }

  async get(id: Uuid): Promise<operator.Repo | undefined> {
    const listed = await this.#listed(id);
    return listed && this.#view(listed);
  }

  async #listed(id: Uuid): Promise<Listed | undefined> {
    for await (const found of registriesOf(this.#context.engine)) {
      const listed = found.repos.get(id);
      if (listed) return { registry: found, repo: listed };
    }
    return undefined;
  }

  async #at(path: string): Promise<Listed | undefined> {
    let byHostPath: Listed[] = [];
    let byGlobalPath: Listed | undefined;
    for await (const found of registriesOf(this.#context.engine)) {
      byGlobalPath = innermost(byGlobalPath, around(found, path));
      byHostPath = [...byHostPath, ...onHosts(found, path)];
    }
    if (byGlobalPath) return byGlobalPath;
    const [first, ...others] = byHostPath;
    if (others.length === 0) return first;
    const paths = byHostPath.map(({ repo: { globalPath } }) => globalPath).join(', ');
    throw new RpcError(`${path} is in several repos, on several hosts: ${paths}`, {
      status: status.FAILED_PRECONDITION,
      code: 'REPO_AMBIGUOUS',
      remedy: 'Give the global path of the repo, or its id.',
    });
  }

  async #view({ registry: { name }, repo: listed }: Listed): Promise<operator.Repo> {
    const { engine } = this.#context;
    const inRegistry = await engine.find(registry, registryId(name));
    const { vid, state } = await engine.find(repo, listed.id);
    // Before its own history begins, a repo lies where its root says that it will.
    const root = rootOf(inRegistry.state, listed.globalPath);
    const workflowId = await activeWorkflowOf(engine, { registry: name, repoId: listed.id });
    const workflow = workflowId && (await this.#workflows.find(workflowId));
    return {
      id: listed.id,
      registry: name,
      globalPath: listed.globalPath,
      host: state.init?.fileHost ?? root?.host ?? '',
      hostPath: state.init?.hostPath ?? (root ? hostPathOf(root, listed.globalPath) : ''),
      shadowPath: state.shadowPath,
      registryTier: tierCode((inRegistry.state.repos.get(listed.id) ?? listed).storage.tier),
      repoTier: tierCode(state.storage.tier),
      errorMessage: state.error,
      workflow: workflow && workflow.waitingFor !== '' ? workflow : undefined,
      repoVid: vid,
      registryVid: inRegistry.vid,
    };
  }
}

/** The states of all registries that have begun. */
export async function* registriesOf(engine: Engine): AsyncGenerator<Registry> {
  const { state } = await engine.find(main, mainId);
  for (const { name } of state.registries) {
    const found = await engine.find(registry, registryId(name));
    if (found.state.name !== '') yield found.state;
  }
}

function around(found: Registry, path: string): Listed | undefined {
  const listed = repoAround(found, path);
  return listed && { registry: found, repo: listed };
}

function innermost(a: Listed | undefined, b: Listed | undefined): Listed | undefined {
  if (!a || !b) return a ?? b;
  return b.repo.globalPath.length > a.repo.globalPath.length ? b : a;
}

/** The repos that hold a path on the host of some root: usually none or one. */
function onHosts(found: Registry, path: string): readonly Listed[] {
  const ids = new Map<Uuid, Listed>();
  for (const { globalRoot, hostRoot } of found.roots.values()) {
    if (!isWithin(path, hostRoot)) continue;
    const listed = around(found, rebase(path, { from: hostRoot, to: globalRoot }));
    // An outer repo around the root lies elsewhere on the host; only what is below the root counts.
    if (listed && isWithin(listed.repo.globalPath, globalRoot)) ids.set(listed.repo.id, listed);
  }
  return [...ids.values()];
}

function asUuid(text: string): Uuid | undefined {
  try {
    return parseUuid(text);
  } catch (error) {
    if (error instanceof MalformedIdError) return undefined;
    throw error;
  }
}
