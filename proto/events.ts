// The messages that go through the journal alone, without services: who only reads and writes there
// needs no gRPC.
export { Event as MainEvent, Event_Type as MainEvent_Type } from './gen/nogev/fsomain/event.ts';
export * from './gen/nogfso/fso.ts';
export * from './gen/nogfso/git.ts';
export * from './gen/nogfso/registry_event.ts';
export * from './gen/nogfso/repo_event.ts';
export * from './gen/nogfso/workflow_event.ts';
export * as check from './gen/permafrost/v1/check.ts';
export * as examination from './gen/permafrost/v1/examination.ts';
export * as inquiries from './gen/permafrost/v1/inquiries.ts';
export * as plan from './gen/permafrost/v1/plan.ts';
export * as origin from './gen/permafrost/audit/v1/origin.ts';
