// Calls of the Go system that Permafrost does not have: each is answered with what to do instead, so
// that whoever still makes it learns more than that there is no such method (docs/migrating.md).
import {
  Metadata,
  status,
  type sendUnaryData,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Service } from '../grpc/service.ts';

const CODE = 'CALL_NOT_SERVED';

/** By what the answer is: the methods, each with its service. */
const answers: readonly (readonly [text: string, methods: readonly string[]])[] = [
  [
    'permafrost knows no GitLab',
    [
      'Registry/EnableGitlabRoot',
      'Registry/DisableGitlabRoot',
      'Registry/EnableGitlabRepo',
      'Repos/ConfirmGit',
    ],
  ],
  [
    'permafrost does not move repos; remove none, and init the repo at its new path',
    [
      'Registry/BeginMoveRepo',
      'Repos/PostMoveRepoStaReleased',
      'Repos/PostMoveRepoAppAccepted',
      'Repos/CommitMoveRepo',
      'Repos/BeginMoveShadow',
      'Repos/PostMoveShadowStaDisabled',
      'Repos/CommitMoveShadow',
      'Repos/WorkflowEvents',
    ],
  ],
  [
    'permafrost does not archive; back up the data and the shadow repos as any other files',
    [
      'Registry/UpdateRootArchiveRecipients',
      'Registry/DeleteRootArchiveRecipients',
      'Registry/UpdateRootShadowBackupRecipients',
      'Registry/DeleteRootShadowBackupRecipients',
      'Repos/InitTartt',
      'Repos/UpdateArchiveRecipients',
      'Repos/DeleteArchiveRecipients',
      'Repos/InitShadowBackup',
      'Repos/MoveShadowBackup',
      'Repos/UpdateShadowBackupRecipients',
      'Repos/DeleteShadowBackupRecipients',
    ],
  ],
  [
    'permafrost sets up each repo in the same way',
    [
      'Registry/EnablePropagateRootAcls',
      'Registry/UpdateRepoNaming',
      'Registry/PatchRepoNaming',
      'Registry/EnableDiscoveryPaths',
      'Registry/UpdateRepoInitPolicy',
      'Registry/ReinitRepo',
      'Stat/ReinitSubdirTracking',
    ],
  ],
  ['permafrost records stat information only, no content', ['Stat/Sha', 'Stat/RefreshContent']],
  ['permafrost-stad takes its work from the journal, not from a session', ['Statds/Hello']],
  ['permafrost makes the notices itself', ['GitBroadcaster/PostGitRefUpdated']],
];

/** Known by no guard: who hears that there is nothing learns nothing. */
export function notHere(): Service {
  const definition: Record<string, unknown> = {};
  const implementation: Record<string, unknown> = {};
  for (const [text, methods] of answers) {
    for (const method of methods) {
      definition[method] = {
        path: `/nogfso.${method}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      };
      implementation[method] = (_: unknown, reply: sendUnaryData<Buffer>) => reply(refusal(text));
    }
  }
  return {
    definition: definition as unknown as ServiceDefinition,
    implementation: implementation as UntypedServiceImplementation,
  };
}

function refusal(details: string): { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set('permafrost-code', CODE);
  metadata.set('permafrost-remedy', 'See docs/migrating.md.');
  return { code: status.UNIMPLEMENTED, details, metadata };
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
