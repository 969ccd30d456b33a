import { RegistryEvent as Message, RegistryEvent_Type as Type } from '@permafrost/proto/events';
import { ulidToBytes } from '../../ids/ulid.ts';
import { uuidFromBytes, uuidToBytes, type Uuid } from '../../ids/uuid.ts';
import type { Codec } from '../codec.ts';
import { archiveTierOf, type ArchiveStep } from '../archive-tier.ts';
import type { Direction } from '../direction.ts';
import { messageCodec, optionalUlid, required, UnwritableEventError } from '../message-codec.ts';
import type { RegistryEvent, Root } from './events.ts';

const startedType = {
  freeze: Type.EV_FSO_FREEZE_REPO_STARTED_2,
  unfreeze: Type.EV_FSO_UNFREEZE_REPO_STARTED_2,
} as const;

const completedType = {
  freeze: Type.EV_FSO_FREEZE_REPO_COMPLETED_2,
  unfreeze: Type.EV_FSO_UNFREEZE_REPO_COMPLETED_2,
} as const;

export const registryCodec: Codec<RegistryEvent> = messageCodec<RegistryEvent, Message>({
  kind: 'registry',
  message: Message,
  base: Message.create(),
  toMessage,
  fromMessage,
});

function toMessage(event: RegistryEvent): Partial<Message> {
  switch (event.type) {
    case 'RegistryAdded':
      return { event: Type.EV_FSO_REGISTRY_ADDED, fsoRegistryInfo: { name: event.name } };
    case 'EphemeralWorkflowsEnabled':
      return {
        event: Type.EV_EPHEMERAL_WORKFLOWS_ENABLED,
        ephemeralWorkflowsId: uuidToBytes(event.indexId),
      };
    case 'RootAdded':
      return { event: Type.EV_FSO_ROOT_ADDED, fsoRootInfo: { ...event.root } };
    case 'RootRemoved':
      return { event: Type.EV_FSO_ROOT_REMOVED, fsoRootInfo: rootInfo(event.globalRoot) };
    case 'RepoAccepted': {
      const { repoId, globalPath, creator } = event;
      const creatorFields = { creatorName: creator.name, creatorEmail: creator.email };
      const fsoRepoInfo = { ...repoInfo(repoId, globalPath), ...creatorFields };
      return { event: Type.EV_FSO_REPO_ACCEPTED, fsoRepoInfo };
    }
    case 'RepoAdded':
      return {
        event: Type.EV_FSO_REPO_ADDED,
        fsoRepoInfo: repoInfo(event.repoId, event.globalPath),
        repoEventId: event.repoEventId && ulidToBytes(event.repoEventId),
      };
    case 'RepoStorageStarted':
      return { event: startedType[event.direction], ...storageIds(event) };
    case 'RepoStorageCompleted':
      return {
        event: completedType[event.direction],
        ...storageIds(event),
        statusCode: event.statusCode,
      };
    case 'RepoArchiveTierRecorded':
      throw new UnwritableEventError(Type.EV_FSO_ARCHIVE_REPO_STARTED);
    case 'Unmodelled':
      throw new UnwritableEventError(event.code);
  }
}

function rootInfo(globalRoot: string): Root {
  return { globalRoot, host: '', hostRoot: '', gitlabNamespace: '' };
}

function repoInfo(repoId: Uuid, globalPath: string): NonNullable<Message['fsoRepoInfo']> {
  const id = uuidToBytes(repoId);
  return { globalPath, creatorName: '', creatorEmail: '', confirmed: false, id };
}

function storageIds(ids: { repoId: Uuid; workflowId: Uuid }): Partial<Message> {
  return { repoId: uuidToBytes(ids.repoId), workflowId: uuidToBytes(ids.workflowId) };
}

function fromMessage(message: Message): RegistryEvent {
  switch (message.event) {
    case Type.EV_FSO_REGISTRY_ADDED:
      return {
        type: 'RegistryAdded',
        name: required(message.fsoRegistryInfo, 'registry info').name,
      };
    case Type.EV_EPHEMERAL_WORKFLOWS_ENABLED:
      return {
        type: 'EphemeralWorkflowsEnabled',
        indexId: uuidFromBytes(message.ephemeralWorkflowsId),
      };
    case Type.EV_FSO_ROOT_ADDED: {
      const { globalRoot, host, hostRoot, gitlabNamespace } = required(
        message.fsoRootInfo,
        'root info',
      );
      return { type: 'RootAdded', root: { globalRoot, host, hostRoot, gitlabNamespace } };
    }
    case Type.EV_FSO_ROOT_REMOVED:
      return {
        type: 'RootRemoved',
        globalRoot: required(message.fsoRootInfo, 'root info').globalRoot,
      };
    case Type.EV_FSO_REPO_ACCEPTED: {
      const { id, globalPath, creatorName, creatorEmail } = required(
        message.fsoRepoInfo,
        'repo info',
      );
      const creator = { name: creatorName, email: creatorEmail };
      return { type: 'RepoAccepted', repoId: uuidFromBytes(id), globalPath, creator };
    }
    case Type.EV_FSO_REPO_ADDED: {
      const { id, globalPath } = required(message.fsoRepoInfo, 'repo info');
      const repoEventId = optionalUlid(message.repoEventId);
      return {
        type: 'RepoAdded',
        repoId: uuidFromBytes(id),
        globalPath,
        ...(repoEventId && { repoEventId }),
      };
    }
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

function idsOf(message: Message): { repoId: Uuid; workflowId: Uuid } {
  return {
    repoId: uuidFromBytes(message.repoId),
    workflowId: uuidFromBytes(message.workflowId),
  };
}

function storageStarted(direction: Direction, message: Message): RegistryEvent {
  return { type: 'RepoStorageStarted', direction, ...idsOf(message) };
}

function storageCompleted(direction: Direction, message: Message): RegistryEvent {
  const { statusCode } = message;
  return { type: 'RepoStorageCompleted', direction, ...idsOf(message), statusCode };
}

function archived(step: ArchiveStep, message: Message): RegistryEvent {
  const tier = archiveTierOf(step, message.statusCode);
  return { type: 'RepoArchiveTierRecorded', ...idsOf(message), tier };
}
