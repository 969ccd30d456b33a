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
        beginFreezeRepo: (request, call) => freeze.begin(request, call),
        commitFreezeRepo: (request, call) => freeze.commit(request, call),
        abortFreezeRepo: (request, call) => freeze.abort(request, call),
        getFreezeRepo: (request, call) => freeze.get(request, call),
        beginFreezeRepoFiles: (request, call) => freeze.beginFiles(request, call),
        commitFreezeRepoFiles: (request, call) => freeze.commitFiles(request, call),
        abortFreezeRepoFiles: (request, call) => freeze.abortFiles(request, call),
      },
      freeze.wording,
    ),
    serviceOf(
      UnfreezeRepoService,
      {
        beginUnfreezeRepo: (request, call) => unfreeze.begin(request, call),
        commitUnfreezeRepo: (request, call) => unfreeze.commit(request, call),
        abortUnfreezeRepo: (request, call) => unfreeze.abort(request, call),
        getUnfreezeRepo: (request, call) => unfreeze.get(request, call),
        beginUnfreezeRepoFiles: (request, call) => unfreeze.beginFiles(request, call),
        commitUnfreezeRepoFiles: (request, call) => unfreeze.commitFiles(request, call),
        abortUnfreezeRepoFiles: (request, call) => unfreeze.abortFiles(request, call),
      },
      unfreeze.wording,
    ),
    serviceOf(
      RegistryFreezeRepoService,
      {
        registryBeginFreezeRepo: (request, call) => registryFreeze.begin(request, call),
        registryCommitFreezeRepo: (request, call) => registryFreeze.commit(request, call),
        registryAbortFreezeRepo: (request, call) => registryFreeze.abort(request, call),
      },
      registryFreeze.wording,
    ),
    serviceOf(
      RegistryUnfreezeRepoService,
      {
        registryBeginUnfreezeRepo: (request, call) => registryUnfreeze.begin(request, call),
        registryCommitUnfreezeRepo: (request, call) => registryUnfreeze.commit(request, call),
        registryAbortUnfreezeRepo: (request, call) => registryUnfreeze.abort(request, call),
      },
      registryUnfreeze.wording,
    ),
    serviceOf(
      ReposFreezeRepoService,
      {
        reposBeginFreezeRepo: (request, call) => repoFreeze.begin(request, call),
        reposCommitFreezeRepo: (request, call) => repoFreeze.commit(request, call),
        reposAbortFreezeRepo: (request, call) => repoFreeze.abort(request, call),
      },
      repoFreeze.wording,
    ),
    serviceOf(
      ReposUnfreezeRepoService,
      {
        reposBeginUnfreezeRepo: (request, call) => repoUnfreeze.begin(request, call),
        reposCommitUnfreezeRepo: (request, call) => repoUnfreeze.commit(request, call),
        reposAbortUnfreezeRepo: (request, call) => repoUnfreeze.abort(request, call),
      },
      repoUnfreeze.wording,
    ),
  ];
}
