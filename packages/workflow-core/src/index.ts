// What is decided. Pure: no I/O, no clock, no randomness of its own.
export * from './daemon/bell.ts';
export * from './daemon/each-registry.ts';
export * from './daemon/next-action.ts';
export * from './daemon/ping-loop.ts';
export * from './daemon/presence.ts';
export * from './daemon/regd-loop.ts';
export * from './daemon/runner.ts';
export * from './daemon/stad-loop.ts';
export type { StadMeans } from './daemon/stad-means.ts';
export * from './daemon/task-log.ts';
export * from './daemon/together.ts';
export * from './freeze-repo/freeze-repo.ts';
export * from './inquiries/answer-inquiries.ts';
export * from './inquiries/ask.ts';
export * from './inquiries/errors.ts';
export * from './inquiries/responder.ts';
export { initialMain, main, type Main, type MainCommand, type MainRefusal } from './main/main.ts';
export * from './ping-registry/find.ts';
export {
  isGathering,
  pingRegistry,
  type BegunPing,
  type Ping,
  type PingRegistry,
  type PingRegistryCommand,
} from './ping-registry/ping-registry.ts';
export * from './ports/files.ts';
export * from './ports/log.ts';
export * from './ports/time.ts';
export * from './refusals.ts';
export * from './registry/aggregate.ts';
export * from './registry/queries.ts';
export * from './registry/registry.ts';
export { repo, type Repo, type RepoCommand, type RepoRefusal } from './repo/repo.ts';
export * from './storage-workflow/errors.ts';
export * from './storage-workflow/find.ts';
export {
  ForeignWorkflowError,
  hasEnded,
  stateCode,
  storageWorkflow,
  type BegunWorkflow,
  type StorageWorkflow,
  type WorkflowCommand,
  type WorkflowRefusal,
  type WorkflowStatus,
} from './storage-workflow/storage-workflow.ts';
export * from './storage-workflow/workflows.ts';
export * from './storage/paths.ts';
export * from './storage/status-code.ts';
export * from './storage/status-message.ts';
export * from './storage/storage.ts';
export * from './unfreeze-repo/unfreeze-repo.ts';
export * from './use-cases/active-workflows.ts';
export * from './use-cases/advance-workflow.ts';
export * from './use-cases/begin-workflow.ts';
export * from './use-cases/cancel-workflow.ts';
export * from './use-cases/collect-garbage.ts';
export * from './use-cases/end-workflow.ts';
export * from './use-cases/fail-unserved.ts';
export * from './use-cases/init-repo.ts';
export * from './use-cases/ping-registry.ts';
export * from './use-cases/request-refusal.ts';
export * from './use-cases/set-up.ts';
export * from './use-cases/snapshot-indexes.ts';
export {
  entryOf,
  workflowIndex,
  workflowsListed,
  type Indexed,
  type IndexCommand,
  type IndexRefusal,
  type WorkflowIndex,
} from './workflow-index/workflow-index.ts';
