// Which wire type of which stream means which event here, found out from the codecs themselves.
import {
  indexCodec,
  mainCodec,
  registryCodec,
  repoCodec,
  workflowCodec,
  type Codec,
} from '@permafrost/events';
import {
  MainEvent,
  MainEvent_Type,
  RegistryEvent,
  RegistryEvent_Type,
  RepoEvent,
  RepoEvent_Type,
  WorkflowEvent,
  WorkflowEvent_Type,
} from '@permafrost/proto';

export type EventRow = Readonly<{ stream: string; code: number; name: string; type: string }>;

const id = new Uint8Array(16).fill(1);

/** Every field that any event type needs, so that each type can be decoded. */
const filled = {
  id,
  parent: id,
  repoId: id,
  workflowId: id,
  workflowEventId: id,
  registryId: id,
  ephemeralWorkflowsId: id,
  fsoRegistryInfo: {},
  fsoRootInfo: {},
  fsoRepoInfo: { id },
  fsoRepoInitInfo: {},
  fsoShadowRepoInfo: {},
  gitAuthor: {},
  workflowIndexState: {},
};

/** One row for each type that this system acts on; the rest is kept and passed on. */
export function eventRows(): readonly EventRow[] {
  return [
    ...rows(mainCodec, MainEvent_Type, (event) =>
      MainEvent.encode(MainEvent.fromPartial({ ...filled, event })).finish(),
    ),
    ...rows(registryCodec, RegistryEvent_Type, (event) =>
      RegistryEvent.encode(RegistryEvent.fromPartial({ ...filled, event })).finish(),
    ),
    ...rows(repoCodec, RepoEvent_Type, (event) =>
      RepoEvent.encode(RepoEvent.fromPartial({ ...filled, event })).finish(),
    ),
    ...rows(workflowCodec, WorkflowEvent_Type, encodeWorkflowEvent),
    ...rows(indexCodec, WorkflowEvent_Type, encodeWorkflowEvent),
  ];
}

function encodeWorkflowEvent(event: WorkflowEvent['event']): Uint8Array {
  return WorkflowEvent.encode(WorkflowEvent.fromPartial({ ...filled, event })).finish();
}

function rows<T extends number>(
  codec: Codec<{ type: string }>,
  types: Readonly<Record<string, T>>,
  encode: (event: T) => Uint8Array,
): readonly EventRow[] {
  return Object.entries(types)
    .map(([name, code]) => ({
      stream: codec.kind,
      code,
      name,
      type: codec.decode(encode(code)).event.type,
    }))
    .filter(({ type }) => type !== 'Unmodelled');
}
