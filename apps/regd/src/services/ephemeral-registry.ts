// The events of workflows and of their index (spec/wire.md 3.3).
import {
  registryId,
  uuidToBytes,
  workflowIndexId,
  type StoredEvent,
  type Uuid,
} from '@permafrost/events';
import { status } from '@grpc/grpc-js';
import type { Check } from '@permafrost/access/rights';
import {
  EphemeralRegistryService,
  WorkflowEvent,
  WorkflowEvent_Type as Type,
  type RegistryWorkflowEventsI,
  type RegistryWorkflowEventsO,
  type RegistryWorkflowIndexEventsI,
  type RegistryWorkflowIndexEventsO,
} from '@permafrost/proto';
import type { Caller } from '../access/caller.ts';
import { eventStream, onlyAfter, willBlock, type Streamed } from '../event-stream.ts';
import { RpcError } from '../grpc/rpc-error.ts';
import { serviceOf, type Call, type MakeService } from '../grpc/service.ts';
import { afterOf, registryNameOf, workflowIdOf } from '../wire/arguments.ts';
import { messageOf, messageToSend } from '../wire/stored-message.ts';
import type { Context } from './context.ts';

export function ephemeralRegistryService(context: Context): MakeService {
  return serviceOf(
    EphemeralRegistryService,
    {
      registryWorkflowIndexEvents: (request, call) => indexEvents(context, request, call),
      registryWorkflowEvents: (request, call) => workflowEvents(context, request, call),
    },
    { subject: 'workflow journal error' },
  );
}

async function* indexEvents(
  { journal, log }: Context,
  request: RegistryWorkflowIndexEventsI,
  { signal }: Call,
): AsyncGenerator<RegistryWorkflowIndexEventsO> {
  const { registry, watch } = request;
  const history = workflowIndexId(registryNameOf(registry));
  const after = afterOf(request.after);
  const stream = { journal, history, after, watch, signal, subject: 'journal error' };
  for await (const event of eventStream(stream)) {
    yield event === willBlock
      ? { registry, events: [], willBlock: true }
      : { registry, events: [messageToSend(WorkflowEvent, event, log)], willBlock: false };
  }
}

async function* workflowEvents(
  { journal, log }: Context,
  request: RegistryWorkflowEventsI,
  { signal, caller }: Call,
): AsyncGenerator<RegistryWorkflowEventsO> {
  const { registry, watch } = request;
  const owner = registryId(registryNameOf(registry));
  const history = workflowIdOf(request.workflow);
  const after = afterOf(request.after);
  const workflow = uuidToBytes(history);
  // Always from the first event, which tells whose workflow it is.
  const stream = { journal, history, watch, signal, subject: 'workflow journal error' };
  const events = ownedBy(owner, eventStream(stream), caller);
  for await (const event of onlyAfter(events, after)) {
    yield event === willBlock
      ? { registry, workflow, events: [], willBlock: true }
      : {
          registry,
          workflow,
          events: [messageToSend(WorkflowEvent, event, log)],
          willBlock: false,
        };
  }
}

type ScopeOf = (started: WorkflowEvent) => Check | undefined;

/** What a workflow may begin with, for its events to be shown; and what one must be allowed for it. */
const scopeByStart: ReadonlyMap<number, ScopeOf> = new Map<number, ScopeOf>([
  [Type.EV_FSO_FREEZE_REPO_STARTED_2, readRepo],
  [Type.EV_FSO_UNFREEZE_REPO_STARTED_2, readRepo],
  [Type.EV_FSO_ARCHIVE_REPO_STARTED, readRepo],
  [Type.EV_FSO_UNARCHIVE_REPO_STARTED, readRepo],
  [Type.EV_FSO_DU_ROOT_STARTED, readRoot],
  [Type.EV_FSO_SPLIT_ROOT_STARTED, readRoot],
  [Type.EV_FSO_PING_REGISTRY_STARTED, () => undefined],
]);

function readRepo({ fsoRepoInitInfo }: WorkflowEvent): Check {
  return { action: 'fso/read-repo', path: fsoRepoInitInfo?.globalPath ?? '' };
}

function readRoot({ fsoRootInfo }: WorkflowEvent): Check {
  return { action: 'fso/read-root', path: fsoRootInfo?.globalRoot ?? '' };
}

/** The events, if the first one says that they are the registry's, and the caller's to see. */
async function* ownedBy(
  owner: Uuid,
  events: AsyncIterable<Streamed>,
  caller: Caller,
): AsyncGenerator<Streamed> {
  let isFirst = true;
  for await (const event of events) {
    if (isFirst && event !== willBlock) {
      checkStart(event, owner, caller);
      isFirst = false;
    }
    yield event;
  }
}

function checkStart(first: StoredEvent, owner: Uuid, caller: Caller): void {
  const message = first.kind === 'workflow' ? messageOf(WorkflowEvent, first) : undefined;
  const scopeOf = message && scopeByStart.get(message.event);
  if (!scopeOf) {
    throw denied('WORKFLOW_OF_OTHER_KIND', 'deny access to unknown workflow type');
  }
  if (!Buffer.from(message.registryId).equals(uuidToBytes(owner))) {
    throw denied('WORKFLOW_OF_OTHER_REGISTRY', 'registry does not own workflow');
  }
  const scope = scopeOf(message);
  if (scope) caller.authorize(scope);
}

function denied(code: string, text: string): RpcError {
  const remedy = 'Check the id of the workflow, and the registry that it belongs to.';
  return new RpcError(text, { status: status.PERMISSION_DENIED, code, remedy });
}
