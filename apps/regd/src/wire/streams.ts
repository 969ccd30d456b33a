// For each kind of history: its rules, and its events on the wire.
import type { StreamKind } from '@permafrost/events';
import {
  enumName,
  MainEvent,
  MainEvent_Type,
  RegistryEvent,
  RegistryEvent_Type,
  RepoEvent,
  RepoEvent_Type,
  WorkflowEvent,
  WorkflowEvent_Type,
} from '@permafrost/proto';
import type { MessageType } from './stored-message.ts';

interface Stream {
  /** Its events, as far as all streams have the same fields. */
  readonly message: MessageType<{ event: number }>;
  readonly types: Readonly<Record<string, number>>;
}

const workflow: Stream = { message: WorkflowEvent, types: WorkflowEvent_Type };

export const streams: Readonly<Record<StreamKind, Stream>> = {
  main: { message: MainEvent, types: MainEvent_Type },
  registry: { message: RegistryEvent, types: RegistryEvent_Type },
  repo: { message: RepoEvent, types: RepoEvent_Type },
  workflow,
  index: workflow,
};

/** The name of an event's type on the wire, or its number if it has none. */
export function typeName(kind: StreamKind, event: number): string {
  return enumName(streams[kind].types, event) ?? String(event);
}
