import {
  indexCodec,
  mainCodec,
  registryCodec,
  repoCodec,
  workflowCodec,
  type Change,
  type IndexEvent,
  type MainEvent,
  type RegistryEvent,
  type RepoEvent,
  type StreamKind,
  type WorkflowEvent,
} from '@permafrost/events';

export type AnyEvent =
  | Readonly<{ kind: 'main'; event: MainEvent }>
  | Readonly<{ kind: 'registry'; event: RegistryEvent }>
  | Readonly<{ kind: 'repo'; event: RepoEvent }>
  | Readonly<{ kind: 'workflow'; event: WorkflowEvent }>
  | Readonly<{ kind: 'index'; event: IndexEvent }>;

/** The event in stored bytes, and the header that they repeat. */
export function readEvent(
  kind: StreamKind,
  body: Uint8Array,
): AnyEvent & Readonly<{ header: { id: string; parent: string } }> {
  switch (kind) {
    case 'main':
      return { kind, ...mainCodec.decode(body) };
    case 'registry':
      return { kind, ...registryCodec.decode(body) };
    case 'repo':
      return { kind, ...repoCodec.decode(body) };
    case 'workflow':
      return { kind, ...workflowCodec.decode(body) };
    case 'index':
      return { kind, ...indexCodec.decode(body) };
  }
}

/** A batch in a few words, for traces. */
export function describeBatch(batch: readonly Change[]): string {
  const words = batch.flatMap((change) => {
    if (change.do === 'expect') return [];
    if (change.do === 'delete') return ['delete'];
    return [`${change.kind}:${readEvent(change.kind, change.body).event.type}`];
  });
  return words.join(' ');
}
