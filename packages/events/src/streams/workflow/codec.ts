import {
  FsoRepoInitInfo,
  WorkflowEvent as Message,
  WorkflowEvent_Type as Type,
} from '@permafrost/proto/events';
import { ulidToBytes } from '../../ids/ulid.ts';
import { uuidFromBytes, uuidToBytes } from '../../ids/uuid.ts';
import type { Codec } from '../codec.ts';
import type { Status } from '../common.ts';
import { stepsByType, type DirectedTypes } from '../direction.ts';
import { messageCodec, optionalUlid, required, UnwritableEventError } from '../message-codec.ts';
import type { PingEvent, StorageWorkflowEvent, WorkflowEvent, WorkflowStart } from './events.ts';
import { freezePolicy } from './freeze-policy.ts';

type Step = StorageWorkflowEvent['type'];

const types = {
  freeze: {
    WorkflowStarted: Type.EV_FSO_FREEZE_REPO_STARTED_2,
    FilesStarted: Type.EV_FSO_FREEZE_REPO_FILES_STARTED,
    FilesCompleted: Type.EV_FSO_FREEZE_REPO_FILES_COMPLETED,
    WorkflowCompleted: Type.EV_FSO_FREEZE_REPO_COMPLETED_2,
    WorkflowCommitted: Type.EV_FSO_FREEZE_REPO_COMMITTED,
  },
  unfreeze: {
    WorkflowStarted: Type.EV_FSO_UNFREEZE_REPO_STARTED_2,
    FilesStarted: Type.EV_FSO_UNFREEZE_REPO_FILES_STARTED,
    FilesCompleted: Type.EV_FSO_UNFREEZE_REPO_FILES_COMPLETED,
    WorkflowCompleted: Type.EV_FSO_UNFREEZE_REPO_COMPLETED_2,
    WorkflowCommitted: Type.EV_FSO_UNFREEZE_REPO_COMMITTED,
  },
} as const satisfies DirectedTypes<Step, Type>;

const steps = stepsByType<Step, Type>(types);

const pingTypes = {
  RegistryPingStarted: Type.EV_FSO_PING_REGISTRY_STARTED,
  ServerPinged: Type.EV_FSO_SERVER_PINGED,
  ServerPingsGathered: Type.EV_FSO_SERVER_PINGS_GATHERED,
  RegistryPingCompleted: Type.EV_FSO_PING_REGISTRY_COMPLETED,
  RegistryPingCommitted: Type.EV_FSO_PING_REGISTRY_COMMITTED,
} as const satisfies Record<PingEvent['type'], Type>;

export const workflowCodec: Codec<WorkflowEvent> = messageCodec<WorkflowEvent, Message>({
  kind: 'workflow',
  message: Message,
  base: Message.create(),
  toMessage,
  fromMessage,
});

function toMessage(event: WorkflowEvent): Partial<Message> {
  switch (event.type) {
    case 'Unmodelled':
      throw new UnwritableEventError(event.code);
    case 'RegistryPingStarted':
      return { event: pingTypes[event.type], registryId: uuidToBytes(event.registryId) };
    case 'ServerPinged':
    case 'ServerPingsGathered':
      return { event: pingTypes[event.type], ...statusFields(event.status) };
    case 'RegistryPingCompleted':
    case 'RegistryPingCommitted':
      return { event: pingTypes[event.type] };
    default:
      return stepToMessage(event);
  }
}

function stepToMessage(event: StorageWorkflowEvent): Partial<Message> {
  const type = types[event.direction][event.type];
  switch (event.type) {
    case 'WorkflowStarted':
      return { event: type, ...toStart(event.start) };
    case 'FilesStarted':
    case 'WorkflowCommitted':
      return { event: type };
    case 'FilesCompleted':
      return { event: type, ...statusFields(event.status), snapshotCommit: event.commit };
    case 'WorkflowCompleted':
      return { event: type, ...statusFields(event.status) };
  }
}

function fromMessage(message: Message): WorkflowEvent {
  switch (message.event) {
    case pingTypes.RegistryPingStarted:
      return { type: 'RegistryPingStarted', registryId: uuidFromBytes(message.registryId) };
    case pingTypes.ServerPinged:
      return { type: 'ServerPinged', status: statusOf(message) };
    case pingTypes.ServerPingsGathered:
      return { type: 'ServerPingsGathered', status: statusOf(message) };
    case pingTypes.RegistryPingCompleted:
      return { type: 'RegistryPingCompleted' };
    case pingTypes.RegistryPingCommitted:
      return { type: 'RegistryPingCommitted' };
    default:
      return stepFromMessage(message);
  }
}

function stepFromMessage(message: Message): WorkflowEvent {
  const known = steps.get(message.event);
  if (!known) return { type: 'Unmodelled', code: message.event };
  const { direction, step } = known;
  switch (step) {
    case 'WorkflowStarted':
      return { type: step, direction, start: fromStart(message) };
    case 'FilesStarted':
    case 'WorkflowCommitted':
      return { type: step, direction };
    case 'FilesCompleted': {
      const commit = message.snapshotCommit;
      return { type: step, direction, status: statusOf(message), ...(commit && { commit }) };
    }
    case 'WorkflowCompleted':
      return { type: step, direction, status: statusOf(message) };
  }
}

function statusFields({ code, message }: Status): Partial<Message> {
  return { statusCode: code, statusMessage: message };
}

function statusOf({ statusCode, statusMessage }: Message): Status {
  return { code: statusCode, message: statusMessage };
}

function toStart(start: WorkflowStart): Partial<Message> {
  return {
    registryId: uuidToBytes(start.registryId),
    fsoRegistryName: start.registryName,
    registryEventId: start.startRegistryVid && ulidToBytes(start.startRegistryVid),
    repoId: uuidToBytes(start.repoId),
    repoEventId: start.startRepoVid && ulidToBytes(start.startRepoVid),
    fsoRepoInitInfo: FsoRepoInitInfo.create({ globalPath: start.repoGlobalPath }),
    gitAuthor: { ...start.author },
    ifBusy: start.policy?.ifBusy,
    ifLinked: start.policy?.ifLinked,
    repair: start.repair,
  };
}

function fromStart(message: Message): WorkflowStart {
  const startRegistryVid = optionalUlid(message.registryEventId);
  const startRepoVid = optionalUlid(message.repoEventId);
  const policy = freezePolicy(message);
  const { name, email } = required(message.gitAuthor, 'author');
  return {
    registryId: uuidFromBytes(message.registryId),
    registryName: message.fsoRegistryName,
    ...(startRegistryVid && { startRegistryVid }),
    repoId: uuidFromBytes(message.repoId),
    repoGlobalPath: required(message.fsoRepoInitInfo, 'repo init info').globalPath,
    ...(startRepoVid && { startRepoVid }),
    author: { name, email },
    ...(policy && { policy }),
    ...(message.repair && { repair: true }),
  };
}
