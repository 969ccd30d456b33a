// Who may call what: one rule for each call that there is (spec: wire format, contracts of the
// calls). A call without a rule is refused to everybody.
import type { Direction } from '@permafrost/events';
import {
  BroadcastService,
  EphemeralRegistryService,
  FreezeRepoService,
  HealthService,
  LiveBroadcastService,
  MainService,
  operator,
  PingRegistryService,
  reflection,
  reflectionAlpha,
  RegistryFreezeRepoService,
  RegistryService,
  RegistryUnfreezeRepoService,
  ReposFreezeRepoService,
  ReposService,
  ReposUnfreezeRepoService,
  StatService,
  UnfreezeRepoService,
} from '@permafrost/proto';
import type { Contract, FirstKnown } from '../grpc/contract.ts';
import { registryNameOf } from '../wire/arguments.ts';
import { everything, type Objects } from './objects.ts';
import { always, byChecks, byName, byPath, changing, type Rule } from './rule.ts';

type Rules<S extends Contract> = { readonly [Name in keyof S]: Rule<FirstKnown<S[Name]>> };

const mainRules: Rules<typeof MainService> = {
  getRegistries: always({ action: 'fso/read-main', name: 'main' }),
};

const readRegistry = byName<{ registry: string }>('fso/read-registry', (it) => it.registry);

const registryRules: Rules<typeof RegistryService> = {
  // Only here the name is looked at before the caller.
  initRegistry: changing(byName('fso/init-registry', (it) => registryNameOf(it.registry))),
  enableEphemeralWorkflows: changing(byName('fso/init-registry', (it) => it.registry)),
  initRoot: changing(byPath('fso/init-root', (it) => it.globalRoot)),
  removeRoot: changing(byPath('fso/delete-root', (it) => it.globalRoot)),
  initRepo: changing(byPath('fso/init-repo', (it) => it.globalPath)),
  info: readRegistry,
  getRoots: readRegistry,
  getRoot: byPath('fso/read-root', (it) => it.globalRoot),
  getRepos: readRegistry,
  getRepoAclPolicy: byPath('fso/read-repo', (it, objects) => objects.listedPath(it)),
  events: readRegistry,
};

const ephemeralRegistryRules: Rules<typeof EphemeralRegistryService> = {
  registryWorkflowIndexEvents: readRegistry,
  // The first event asks for more, once it has been read.
  registryWorkflowEvents: readRegistry,
};

const reposRules: Rules<typeof ReposService> = {
  getRepo: byPath('fso/read-repo', (it, objects) => objects.repoPath(it.repo)),
  confirmShadow: changing(byPath('fso/confirm-repo', (it, objects) => objects.repoPath(it.repo))),
  setRepoError: changing(byPath('fso/confirm-repo', (it, objects) => objects.repoPath(it.repo))),
  clearRepoError: changing(byPath('fso/init-repo', (it, objects) => objects.repoPath(it.repo))),
  events: byPath('fso/read-repo', (it, objects) => objects.repoPath(it.repo)),
};

type OfRepo = { repo: Uint8Array };
type OfListedRepo = OfRepo & { registry: string };
type OfWorkflow = { workflow: Uint8Array };

/** The rules of a direction, whose services have the same calls under other names. */
function storageRules(direction: Direction): Readonly<{
  begin: Rule<OfListedRepo>;
  get: Rule<OfWorkflow>;
  exec: Rule<OfWorkflow>;
  execInRegistry: Rule<OfListedRepo>;
  execInRepo: Rule<OfRepo>;
}> {
  const action = `fso/${direction}-repo` as const;
  const exec = `fso/exec-${direction}-repo` as const;
  const pathOf = ({ workflow }: OfWorkflow, objects: Objects): Promise<string> =>
    objects.workflowPath(direction, workflow);
  return {
    begin: changing(byPath(action, (it, objects) => objects.listedPath(it))),
    get: byPath(action, pathOf),
    exec: changing(byPath(exec, pathOf)),
    execInRegistry: changing(byPath(exec, (it, objects) => objects.listedPath(it))),
    execInRepo: changing(byPath(exec, (it, objects) => objects.repoPath(it.repo))),
  };
}

const freeze = storageRules('freeze');
const unfreeze = storageRules('unfreeze');

const freezeRules: Rules<typeof FreezeRepoService> = {
  beginFreezeRepo: freeze.begin,
  commitFreezeRepo: freeze.exec,
  abortFreezeRepo: freeze.exec,
  getFreezeRepo: freeze.get,
  beginFreezeRepoFiles: freeze.exec,
  commitFreezeRepoFiles: freeze.exec,
  abortFreezeRepoFiles: freeze.exec,
};

const unfreezeRules: Rules<typeof UnfreezeRepoService> = {
  beginUnfreezeRepo: unfreeze.begin,
  commitUnfreezeRepo: unfreeze.exec,
  abortUnfreezeRepo: unfreeze.exec,
  getUnfreezeRepo: unfreeze.get,
  beginUnfreezeRepoFiles: unfreeze.exec,
  commitUnfreezeRepoFiles: unfreeze.exec,
  abortUnfreezeRepoFiles: unfreeze.exec,
};

const registryFreezeRules: Rules<typeof RegistryFreezeRepoService> = {
  registryBeginFreezeRepo: freeze.execInRegistry,
  registryCommitFreezeRepo: freeze.execInRegistry,
  registryAbortFreezeRepo: freeze.execInRegistry,
};

const registryUnfreezeRules: Rules<typeof RegistryUnfreezeRepoService> = {
  registryBeginUnfreezeRepo: unfreeze.execInRegistry,
  registryCommitUnfreezeRepo: unfreeze.execInRegistry,
  registryAbortUnfreezeRepo: unfreeze.execInRegistry,
};

const reposFreezeRules: Rules<typeof ReposFreezeRepoService> = {
  reposBeginFreezeRepo: freeze.execInRepo,
  reposCommitFreezeRepo: freeze.execInRepo,
  reposAbortFreezeRepo: freeze.execInRepo,
};

const reposUnfreezeRules: Rules<typeof ReposUnfreezeRepoService> = {
  reposBeginUnfreezeRepo: unfreeze.execInRepo,
  reposCommitUnfreezeRepo: unfreeze.execInRepo,
  reposAbortUnfreezeRepo: unfreeze.execInRepo,
};

const ofPing = (action: 'fso/admin-registry' | 'fso/exec-ping-registry'): Rule<OfWorkflow> =>
  byChecks(async ({ workflow }, objects) => [
    { action, name: await objects.pingedRegistry(workflow) },
  ]);

const pingRegistryRules: Rules<typeof PingRegistryService> = {
  beginPingRegistry: changing(byName('fso/admin-registry', (it) => it.registry)),
  serverPing: changing(ofPing('fso/exec-ping-registry')),
  postServerPingSummary: changing(ofPing('fso/exec-ping-registry')),
  commitPingRegistry: changing(ofPing('fso/admin-registry')),
  getRegistryPings: ofPing('fso/admin-registry'),
};

const refreshRepo = byPath<OfRepo>('fso/refresh-repo', (it, objects) => objects.filesPath(it.repo));

const statRules: Rules<typeof StatService> = {
  stat: changing(refreshRepo),
  statStatus: refreshRepo,
};

const broadcastRules: Rules<typeof BroadcastService> = {
  events: byName('bc/read', (it) => it.channel),
};

const liveBroadcastRules: Rules<typeof LiveBroadcastService> = {
  aggregateSignals: always({ action: 'bc/read', name: 'allaggsig' }),
};

/** No registry can have this name, so that only a glob, or whoever means all of them, grants it. */
const administration = always({ action: 'fso/admin-registry', name: '*' });

const operatorRules: Rules<typeof operator.OperatorService> = {
  findRepo: byPath('fso/read-repo', (it, objects) => objects.pathMeant(it.target)),
  watchRepo: byPath('fso/read-repo', (it, objects) => objects.pathOfId(it.repoId)),
  // Tells of workflows only as far as the caller may read their repos.
  getStatus: always({ action: 'fso/read-main', name: 'main' }),
  examineHosts: administration,
  listWorkflows: byName('fso/read-registry', (it) => it.registry),
  watchWorkflow: byPath('fso/read-repo', (it, objects) => objects.workflowPathOfId(it.workflowId)),
  cancelWorkflow: changing(byChecks((it, objects) => objects.cancellingOf(it))),
  checkRepo: byChecks(async ({ repoId }, objects) => {
    const path = await objects.repoPathOfId(repoId);
    return [
      { action: 'fso/read-repo', path },
      { action: 'fso/refresh-repo', path },
    ];
  }),
  planStorage: byPath('fso/read-repo', (it, objects) => objects.repoPathOfId(it.repoId)),
  clearError: changing(byPath('fso/init-repo', (it, objects) => objects.repoPathOfId(it.repoId))),
  verify: administration,
  collectGarbage: changing(administration),
  watchEvents: byChecks(({ history }, objects) =>
    history === undefined ? everything : objects.readingOf(history),
  ),
};

/** Open to all that get as far as a call. */
const healthRules: Rules<typeof HealthService> = { check: always(), watch: always() };
const reflectionRules: Rules<typeof reflection.ServerReflectionService> = {
  serverReflectionInfo: always(),
};

/** By the path of the call, such as `/nogfso.Registry/InitRoot`. */
export const rules: ReadonlyMap<string, Rule<never>> = new Map<string, Rule<never>>([
  ...byCall(MainService, mainRules),
  ...byCall(RegistryService, registryRules),
  ...byCall(EphemeralRegistryService, ephemeralRegistryRules),
  ...byCall(ReposService, reposRules),
  ...byCall(FreezeRepoService, freezeRules),
  ...byCall(UnfreezeRepoService, unfreezeRules),
  ...byCall(RegistryFreezeRepoService, registryFreezeRules),
  ...byCall(RegistryUnfreezeRepoService, registryUnfreezeRules),
  ...byCall(ReposFreezeRepoService, reposFreezeRules),
  ...byCall(ReposUnfreezeRepoService, reposUnfreezeRules),
  ...byCall(PingRegistryService, pingRegistryRules),
  ...byCall(StatService, statRules),
  ...byCall(BroadcastService, broadcastRules),
  ...byCall(LiveBroadcastService, liveBroadcastRules),
  ...byCall(operator.OperatorService, operatorRules),
  ...byCall(HealthService, healthRules),
  ...byCall(reflection.ServerReflectionService, reflectionRules),
  ...byCall(reflectionAlpha.ServerReflectionService, reflectionRules),
]);

/** The names of all services, with their packages. */
export const services: ReadonlySet<string> = new Set(
  [...rules.keys()].map((path) => path.split('/')[1] ?? ''),
);

function byCall<S extends Contract>(contract: S, rules: Rules<S>): [string, Rule<never>][] {
  return Object.entries(contract).map(([name, { path }]) => [path, rules[name as keyof S]]);
}
