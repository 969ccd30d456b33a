import {
  FsoRepoInitInfo,
  WorkflowEvent as Message,
  WorkflowEvent_Type as Type,
  WorkflowIndexState,
} from '@permafrost/proto/events';
import { ulidFromBytes, ulidToBytes } from '../../ids/ulid.ts';
import { uuidFromBytes, uuidToBytes } from '../../ids/uuid.ts';
import type { Codec } from '../codec.ts';
import { stepsByType, type DirectedTypes, type Direction } from '../direction.ts';
import { messageCodec, optionalUlid, required, UnwritableEventError } from '../message-codec.ts';
import type { IndexEntry, IndexEvent } from './events.ts';

type Step = 'WorkflowIndexed' | 'IndexedWorkflowCompleted' | 'IndexedWorkflowDeleted';
type WireEntry = WorkflowIndexState['freezeRepo'][number];

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
  base: () => Message.create(),
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
    case 'SnapshotBegun':
      return { event: Type.EV_SNAPSHOT_BEGIN };
    case 'SnapshotRecorded':
      return {
        event: Type.EV_WORKFLOW_INDEX_SNAPSHOT_STATE,
        workflowIndexState: WorkflowIndexState.create({
          freezeRepo: wireEntries(event.entries, 'freeze'),
          unfreezeRepo: wireEntries(event.entries, 'unfreeze'),
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
      return { type: 'SnapshotRecorded', entries };
    }
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
      const startedEventId = ulidFromBytes(required(message.workflowEventId, 'workflow event id'));
      const { globalPath } = required(message.fsoRepoInitInfo, 'repo init info');
      return { type, entry: { direction, workflowId, startedEventId, globalPath } };
    }
    case 'IndexedWorkflowCompleted': {
      const completedEventId = ulidFromBytes(
        required(message.workflowEventId, 'workflow event id'),
      );
      return { type, direction, workflowId, completedEventId };
    }
    case 'IndexedWorkflowDeleted':
      return { type, direction, workflowId };
  }
}

function wireEntries(entries: readonly IndexEntry[], direction: Direction): WireEntry[] {
  return entries
    .filter((entry) => entry.direction === direction)
    .map(({ workflowId, startedEventId, completedEventId, globalPath }) => ({
      workflowId: uuidToBytes(workflowId),
      startedWorkflowEventId: ulidToBytes(startedEventId),
      completedWorkflowEventId: completedEventId && ulidToBytes(completedEventId),
      globalPath,
    }));
}

function entryOf(direction: Direction, wire: WireEntry): IndexEntry {
  const completedEventId = optionalUlid(wire.completedWorkflowEventId);
  return {
    direction,
    workflowId: uuidFromBytes(wire.workflowId),
    startedEventId: ulidFromBytes(wire.startedWorkflowEventId),
    ...(completedEventId && { completedEventId }),
    globalPath: wire.globalPath,
  };
}
