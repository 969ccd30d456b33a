// The wire contract. The API and the events of the Go system are exported flat, under the names that
// they have on the wire; what is of our own, and named in plain words,
// as `operator`, `inquiries`, `check`, `examination`, `plan` and `origin`. So are both versions of what
// describes the contract, which have the same names.
export * from './enum-name.ts';
export { Any } from './gen/google/protobuf/any.ts';
export { Status as RpcStatus } from './gen/google/rpc/status.ts';
export * from './gen/grpc/health/v1/health.ts';
export * as reflection from './gen/grpc/reflection/v1/reflection.ts';
export * as reflectionAlpha from './gen/grpc/reflection/v1alpha/reflection.ts';
export { Event as MainEvent, Event_Type as MainEvent_Type } from './gen/nogev/fsomain/event.ts';
export * from './gen/nogfso/auth.ts';
export * from './gen/nogfso/broadcast.ts';
export * from './gen/nogfso/ephemeral_registry.ts';
export * from './gen/nogfso/freeze_repo.ts';
export * from './gen/nogfso/fso.ts';
export * from './gen/nogfso/git.ts';
export * from './gen/nogfso/job_control.ts';
export * from './gen/nogfso/live_broadcast.ts';
export * from './gen/nogfso/main.ts';
export * from './gen/nogfso/ping_registry.ts';
export * from './gen/nogfso/registry.ts';
export * from './gen/nogfso/registry_event.ts';
export * from './gen/nogfso/repo_event.ts';
export * from './gen/nogfso/repos.ts';
export * from './gen/nogfso/stat.ts';
export * from './gen/nogfso/statds.ts';
export * from './gen/nogfso/status.ts';
export * from './gen/nogfso/unfreeze_repo.ts';
export * from './gen/nogfso/workflow_event.ts';
export * as check from './gen/permafrost/v1/check.ts';
export * as examination from './gen/permafrost/v1/examination.ts';
export * as inquiries from './gen/permafrost/v1/inquiries.ts';
export * as operator from './gen/permafrost/v1/operator.ts';
export * as plan from './gen/permafrost/v1/plan.ts';
export * as origin from './gen/permafrost/audit/v1/origin.ts';
