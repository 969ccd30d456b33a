import type { FsoRepoInitInfo } from '@permafrost/proto/events';
import {
  RepoEvent as Message,
  RepoEvent_Type as Type,
  SubdirTracking as WireTracking,
} from '@permafrost/proto/events';
import { uuidFromBytes, uuidToBytes } from '../../ids/uuid.ts';
import { archiveTierOf, type ArchiveStep } from '../archive-tier.ts';
import type { Codec } from '../codec.ts';
import type { Direction } from '../direction.ts';
import { messageCodec, required, UnwritableEventError } from '../message-codec.ts';
import type { RepoEvent, RepoInit, SubdirTracking } from './events.ts';

const startedType = {
  freeze: Type.EV_FSO_FREEZE_REPO_STARTED_2,
  unfreeze: Type.EV_FSO_UNFREEZE_REPO_STARTED_2,
} as const;

const completedType = {
  freeze: Type.EV_FSO_FREEZE_REPO_COMPLETED_2,
  unfreeze: Type.EV_FSO_UNFREEZE_REPO_COMPLETED_2,
} as const;

const wireTracking = {
  'enter-subdirs': WireTracking.ST_ENTER_SUBDIRS,
  'bundle-subdirs': WireTracking.ST_BUNDLE_SUBDIRS,
  'ignore-subdirs': WireTracking.ST_IGNORE_SUBDIRS,
  'ignore-most': WireTracking.ST_IGNORE_MOST,
} as const satisfies Record<SubdirTracking, WireTracking>;

export const repoCodec: Codec<RepoEvent> = messageCodec<RepoEvent, Message>({
  kind: 'repo',
  message: Message,
  base: Message.create(),
  toMessage,
  fromMessage,
});

function toMessage(event: RepoEvent): Partial<Message> {
  switch (event.type) {
    case 'RepoInitStarted':
      return { event: Type.EV_FSO_REPO_INIT_STARTED, fsoRepoInitInfo: toInitInfo(event.init) };
    case 'ShadowRepoCreated':
      return {
        event: Type.EV_FSO_SHADOW_REPO_CREATED,
        fsoShadowRepoInfo: { shadowPath: event.shadowPath, newShadowPath: '' },
      };
    case 'RepoErrorSet':
      return { event: Type.EV_FSO_REPO_ERROR_SET, fsoRepoErrorMessage: event.message };
    case 'RepoErrorCleared':
      return { event: Type.EV_FSO_REPO_ERROR_CLEARED };
    case 'StorageStarted':
      return { event: startedType[event.direction], workflowId: uuidToBytes(event.workflowId) };
    case 'StorageCompleted':
      return {
        event: completedType[event.direction],
        workflowId: uuidToBytes(event.workflowId),
        statusCode: event.status.code,
        statusMessage: event.status.message,
      };
    case 'ArchiveTierRecorded':
      throw new UnwritableEventError(Type.EV_FSO_ARCHIVE_REPO_STARTED);
    case 'Unmodelled':
      throw new UnwritableEventError(event.code);
  }
}

function fromMessage(message: Message): RepoEvent {
  switch (message.event) {
    case Type.EV_FSO_REPO_INIT_STARTED:
      return {
        type: 'RepoInitStarted',
        init: fromInitInfo(required(message.fsoRepoInitInfo, 'repo init info')),
      };
    case Type.EV_FSO_SHADOW_REPO_CREATED:
      return {
        type: 'ShadowRepoCreated',
        shadowPath: required(message.fsoShadowRepoInfo, 'shadow repo info').shadowPath,
      };
    case Type.EV_FSO_REPO_ERROR_SET:
      return { type: 'RepoErrorSet', message: message.fsoRepoErrorMessage };
    case Type.EV_FSO_REPO_ERROR_CLEARED:
      return { type: 'RepoErrorCleared' };
    case Type.EV_FSO_FREEZE_REPO_STARTED_2:
      return storageStarted('freeze', message);
    case Type.EV_FSO_UNFREEZE_REPO_STARTED_2:
      return storageStarted('unfreeze', message);
    case Type.EV_FSO_FREEZE_REPO_COMPLETED_2:
      return storageCompleted('freeze', message);
    case Type.EV_FSO_UNFREEZE_REPO_COMPLETED_2:
      return storageCompleted('unfreeze', message);
    case Type.EV_FSO_ARCHIVE_REPO_STARTED:
      return archived('archive-started', message);
    case Type.EV_FSO_ARCHIVE_REPO_COMPLETED:
      return archived('archive-completed', message);
    case Type.EV_FSO_UNARCHIVE_REPO_STARTED:
      return archived('unarchive-started', message);
    case Type.EV_FSO_UNARCHIVE_REPO_COMPLETED:
      return archived('unarchive-completed', message);
    default:
      return { type: 'Unmodelled', code: message.event };
  }
}

function toInitInfo({ creator, subdirTracking, ...rest }: RepoInit): FsoRepoInitInfo {
  return {
    ...rest,
    creatorName: creator.name,
    creatorEmail: creator.email,
    gitToNogAddr: '',
    subdirTracking: wireTracking[subdirTracking],
  };
}

function fromInitInfo(info: FsoRepoInitInfo): RepoInit {
  const { registry, globalPath, fileHost, hostPath, gitlabHost, gitlabPath } = info;
  return {
    registry,
    globalPath,
    creator: { name: info.creatorName, email: info.creatorEmail },
    fileHost,
    hostPath,
    subdirTracking: fromWireTracking(info.subdirTracking),
    gitlabHost,
    gitlabPath,
  };
}

/** Before there were modes, all directories were entered; that is what "unspecified" means. */
function fromWireTracking(value: WireTracking): SubdirTracking {
  for (const [name, number] of Object.entries(wireTracking)) {
    if (number === value) return name as SubdirTracking;
  }
  return 'enter-subdirs';
}

function storageStarted(direction: Direction, message: Message): RepoEvent {
  return { type: 'StorageStarted', direction, workflowId: uuidFromBytes(message.workflowId) };
}

function storageCompleted(direction: Direction, message: Message): RepoEvent {
  const workflowId = uuidFromBytes(message.workflowId);
  const status = { code: message.statusCode, message: message.statusMessage };
  return { type: 'StorageCompleted', direction, workflowId, status };
}

function archived(step: ArchiveStep, message: Message): RepoEvent {
  const workflowId = uuidFromBytes(message.workflowId);
  const tier = archiveTierOf(step, message.statusCode);
  return { type: 'ArchiveTierRecorded', workflowId, tier };
}
