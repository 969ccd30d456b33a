// The two names of one thing: each direction's services, served by the same functions.
import {
  FreezeRepoService,
  RegistryFreezeRepoService,
  RegistryUnfreezeRepoService,
  ReposFreezeRepoService,
  ReposUnfreezeRepoService,
  UnfreezeRepoService,
} from '@permafrost/proto';
import { serviceOf, type MakeService } from '../grpc/service.ts';
import type { Context } from './context.ts';
import { RegistryStepRpcs, RepoStepRpcs } from './storage-steps.ts';
import { StorageWorkflowRpcs } from './storage-workflow.ts';

export function storageServices(context: Context): readonly MakeService[] {
  const freeze = new StorageWorkflowRpcs('freeze', context);
  const unfreeze = new StorageWorkflowRpcs('unfreeze', context);
  const registryFreeze = new RegistryStepRpcs('freeze', context);
  const registryUnfreeze = new RegistryStepRpcs('unfreeze', context);
  const repoFreeze = new RepoStepRpcs('freeze', context);
  const repoUnfreeze = new RepoStepRpcs('unfreeze', context);
  return [
    serviceOf(
      FreezeRepoService,
      {
        beginFreezeRepo: (request) => freeze.begin(request),
        commitFreezeRepo: (request) => freeze.commit(request),
        abortFreezeRepo: (request) => freeze.abort(request),
        getFreezeRepo: (request, call) => freeze.get(request, call),
        beginFreezeRepoFiles: (request) => freeze.beginFiles(request),
        commitFreezeRepoFiles: (request) => freeze.commitFiles(request),
        abortFreezeRepoFiles: (request) => freeze.abortFiles(request),
      },
      freeze.wording,
    ),
    serviceOf(
      UnfreezeRepoService,
      {
        beginUnfreezeRepo: (request) => unfreeze.begin(request),
        commitUnfreezeRepo: (request) => unfreeze.commit(request),
        abortUnfreezeRepo: (request) => unfreeze.abort(request),
        getUnfreezeRepo: (request, call) => unfreeze.get(request, call),
        beginUnfreezeRepoFiles: (request) => unfreeze.beginFiles(request),
        commitUnfreezeRepoFiles: (request) => unfreeze.commitFiles(request),
        abortUnfreezeRepoFiles: (request) => unfreeze.abortFiles(request),
      },
      unfreeze.wording,
    ),
    serviceOf(
      RegistryFreezeRepoService,
      {
        registryBeginFreezeRepo: (request) => registryFreeze.begin(request),
        registryCommitFreezeRepo: (request) => registryFreeze.commit(request),
        registryAbortFreezeRepo: (request) => registryFreeze.abort(request),
      },
      registryFreeze.wording,
    ),
    serviceOf(
      RegistryUnfreezeRepoService,
      {
        registryBeginUnfreezeRepo: (request) => registryUnfreeze.begin(request),
        registryCommitUnfreezeRepo: (request) => registryUnfreeze.commit(request),
        registryAbortUnfreezeRepo: (request) => registryUnfreeze.abort(request),
      },
      registryUnfreeze.wording,
    ),
    serviceOf(
      ReposFreezeRepoService,
      {
        reposBeginFreezeRepo: (request) => repoFreeze.begin(request),
        reposCommitFreezeRepo: (request) => repoFreeze.commit(request),
        reposAbortFreezeRepo: (request) => repoFreeze.abort(request),
      },
      repoFreeze.wording,
    ),
    serviceOf(
      ReposUnfreezeRepoService,
      {
        reposBeginUnfreezeRepo: (request) => repoUnfreeze.begin(request),
        reposCommitUnfreezeRepo: (request) => repoUnfreeze.commit(request),
        reposAbortUnfreezeRepo: (request) => repoUnfreeze.abort(request),
      },
      repoUnfreeze.wording,
    ),
  ];
}
