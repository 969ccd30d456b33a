import {
  FsoRepoInitInfo,
  WorkflowEvent as Message,
  WorkflowEvent_Type as Type,
  WorkflowIndexState,
} from '@permafrost/proto/events';
import { ulidFromBytes, ulidToBytes, type Ulid } from '../../ids/ulid.ts';
import { uuidFromBytes, uuidToBytes } from '../../ids/uuid.ts';
import type { Codec } from '../codec.ts';
import { stepsByType, type DirectedTypes, type Direction } from '../direction.ts';
import { messageCodec, optionalUlid, required, UnwritableEventError } from '../message-codec.ts';
import type { IndexEntry, IndexEvent, PingEntry } from './events.ts';

type Step = 'WorkflowIndexed' | 'IndexedWorkflowCompleted' | 'IndexedWorkflowDeleted';
type WireEntry = WorkflowIndexState['freezeRepo'][number];
type WirePing = WorkflowIndexState['pingRegistry'][number];

const types = {
  freeze: {
    WorkflowIndexed: Type.EV_FSO_FREEZE_REPO_STARTED_2,
    IndexedWorkflowCompleted: Type.EV_FSO_FREEZE_REPO_COMPLETED_2,
    IndexedWorkflowDeleted: Type.EV_FSO_FREEZE_REPO_DELETED,
  },
  unfreeze: {
    WorkflowIndexed: Type.EV_FSO_UNFREEZE_REPO_STARTED_2,
    IndexedWorkflowCompleted: Type.EV_FSO_UNFREEZE_REPO_COMPLETED_2,
    IndexedWorkflowDeleted: Type.EV_FSO_UNFREEZE_REPO_DELETED,
  },
} as const satisfies DirectedTypes<Step, Type>;

const steps = stepsByType<Step, Type>(types);

export const indexCodec: Codec<IndexEvent> = messageCodec<IndexEvent, Message>({
  kind: 'index',
  message: Message,
  base: Message.create(),
  toMessage,
  fromMessage,
});

function toMessage(event: IndexEvent): Partial<Message> {
  switch (event.type) {
    case 'WorkflowIndexed': {
      const { direction, workflowId, startedEventId, globalPath } = event.entry;
      return {
        event: types[direction][event.type],
        workflowId: uuidToBytes(workflowId),
        workflowEventId: ulidToBytes(startedEventId),
        fsoRepoInitInfo: FsoRepoInitInfo.create({ globalPath }),
      };
    }
    case 'IndexedWorkflowCompleted':
      return {
        event: types[event.direction][event.type],
        workflowId: uuidToBytes(event.workflowId),
        workflowEventId: ulidToBytes(event.completedEventId),
      };
    case 'IndexedWorkflowDeleted':
      return {
        event: types[event.direction][event.type],
        workflowId: uuidToBytes(event.workflowId),
      };
    case 'PingIndexed':
      return {
        event: Type.EV_FSO_PING_REGISTRY_STARTED,
        workflowId: uuidToBytes(event.entry.workflowId),
        workflowEventId: ulidToBytes(event.entry.startedEventId),
      };
    case 'IndexedPingCompleted':
      return {
        event: Type.EV_FSO_PING_REGISTRY_COMPLETED,
        workflowId: uuidToBytes(event.workflowId),
        workflowEventId: ulidToBytes(event.completedEventId),
      };
    case 'IndexedPingDeleted':
      return {
        event: Type.EV_FSO_PING_REGISTRY_DELETED,
        workflowId: uuidToBytes(event.workflowId),
      };
    case 'SnapshotBegun':
      return { event: Type.EV_SNAPSHOT_BEGIN };
    case 'SnapshotRecorded':
      return {
        event: Type.EV_WORKFLOW_INDEX_SNAPSHOT_STATE,
        workflowIndexState: WorkflowIndexState.create({
          freezeRepo: wireEntries(event.entries, 'freeze'),
          unfreezeRepo: wireEntries(event.entries, 'unfreeze'),
          pingRegistry: (event.pings ?? []).map(wireIds),
        }),
      };
    case 'SnapshotEnded':
      return { event: Type.EV_SNAPSHOT_END };
    case 'Unmodelled':
      throw new UnwritableEventError(event.code);
  }
}

function fromMessage(message: Message): IndexEvent {
  switch (message.event) {
    case Type.EV_SNAPSHOT_BEGIN:
      return { type: 'SnapshotBegun' };
    case Type.EV_SNAPSHOT_END:
      return { type: 'SnapshotEnded' };
    case Type.EV_WORKFLOW_INDEX_SNAPSHOT_STATE: {
      const state = required(message.workflowIndexState, 'workflow index state');
      const entries = [
        ...state.freezeRepo.map((entry) => entryOf('freeze', entry)),
        ...state.unfreezeRepo.map((entry) => entryOf('unfreeze', entry)),
      ];
      const pings = state.pingRegistry.map(pingOf);
      return { type: 'SnapshotRecorded', entries, ...(pings.length > 0 && { pings }) };
    }
    case Type.EV_FSO_PING_REGISTRY_STARTED:
      return {
        type: 'PingIndexed',
        entry: {
          workflowId: uuidFromBytes(message.workflowId),
          startedEventId: workflowEventIdOf(message),
        },
      };
    case Type.EV_FSO_PING_REGISTRY_COMPLETED:
      return {
        type: 'IndexedPingCompleted',
        workflowId: uuidFromBytes(message.workflowId),
        completedEventId: workflowEventIdOf(message),
      };
    case Type.EV_FSO_PING_REGISTRY_DELETED:
      return { type: 'IndexedPingDeleted', workflowId: uuidFromBytes(message.workflowId) };
    default: {
      const known = steps.get(message.event);
      return known ? step(known, message) : { type: 'Unmodelled', code: message.event };
    }
  }
}

function step(
  { direction, step: type }: { direction: Direction; step: Step },
  message: Message,
): IndexEvent {
  const workflowId = uuidFromBytes(message.workflowId);
  switch (type) {
    case 'WorkflowIndexed': {
      const startedEventId = workflowEventIdOf(message);
      const { globalPath } = required(message.fsoRepoInitInfo, 'repo init info');
      return { type, entry: { direction, workflowId, startedEventId, globalPath } };
    }
    case 'IndexedWorkflowCompleted':
      return { type, direction, workflowId, completedEventId: workflowEventIdOf(message) };
    case 'IndexedWorkflowDeleted':
      return { type, direction, workflowId };
  }
}

function workflowEventIdOf(message: Message): Ulid {
  return ulidFromBytes(required(message.workflowEventId, 'workflow event id'));
}

function wireEntries(entries: readonly IndexEntry[], direction: Direction): WireEntry[] {
  return entries
    .filter((entry) => entry.direction === direction)
    .map((entry) => ({ ...wireIds(entry), globalPath: entry.globalPath }));
}

function wireIds({ workflowId, startedEventId, completedEventId }: PingEntry): WirePing {
  return {
    workflowId: uuidToBytes(workflowId),
    startedWorkflowEventId: ulidToBytes(startedEventId),
    completedWorkflowEventId: completedEventId && ulidToBytes(completedEventId),
  };
}

function entryOf(direction: Direction, wire: WireEntry): IndexEntry {
  return { direction, ...pingOf(wire), globalPath: wire.globalPath };
}

function pingOf(wire: WirePing): PingEntry {
  const completedEventId = optionalUlid(wire.completedWorkflowEventId);
  return {
    workflowId: uuidFromBytes(wire.workflowId),
    startedEventId: ulidFromBytes(wire.startedWorkflowEventId),
    ...(completedEventId && { completedEventId }),
  };
}
