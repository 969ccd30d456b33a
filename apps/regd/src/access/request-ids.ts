// What a request is about, for the log: only what it says, since nobody may have looked it up.
import { MalformedIdError, parseUuid, uuidFromBytes, type Uuid } from '@permafrost/events';

export type RequestIds = Readonly<{ workflow?: Uuid; repo?: Uuid }>;

/** Nog FSO's calls name them as bytes, ours as text. */
type Named = Readonly<Partial<Record<'workflow' | 'workflowId' | 'repo' | 'repoId', unknown>>>;

/** The workflow and the repo that a request names; without those that are malformed. */
export function idsIn(request: unknown): RequestIds {
  const named = (request ?? {}) as Named;
  const workflow = idOf(named.workflowId ?? named.workflow);
  const repo = idOf(named.repoId ?? named.repo);
  return { ...(workflow && { workflow }), ...(repo && { repo }) };
}

function idOf(value: unknown): Uuid | undefined {
  try {
    if (value instanceof Uint8Array) return uuidFromBytes(value);
    return typeof value === 'string' ? parseUuid(value) : undefined;
  } catch (error) {
    if (error instanceof MalformedIdError) return undefined;
    throw error;
  }
}
