// The workflow that asks all servers whether they are there (spec/behaviour.md 8). Whoever is there
// appends pings until regd sums them up; whoever asked then ends it.
//
//   uninitialized -Init-> initialized -AppendPing-> appending -PostSummary-> summarized
//     -Commit-> completed -End-> terminated; before that, -AbortExpired-> completed from anywhere
import {
  accept,
  refuse,
  unreachable,
  workflowCodec,
  type Aggregate,
  type Decision,
  type EventHeader,
  type Status,
  type Ulid,
  type Uuid,
  type WorkflowEvent,
} from '@permafrost/events';
import {
  ForeignWorkflowError,
  type WorkflowRefusal,
} from '../storage-workflow/storage-workflow.ts';

export type PingRegistryCommand = Readonly<
  | { type: 'Init'; registryId: Uuid }
  | { type: 'AppendPing'; status: Status }
  | { type: 'PostSummary'; status: Status }
  | { type: 'Commit' }
  | { type: 'AbortExpired' }
  | { type: 'End' }
>;

/** What a server said, and the event that holds it. */
export type Ping = Status & Readonly<{ eventId: Ulid }>;

export type BegunPing = Readonly<{
  status: 'initialized' | 'appending' | 'summarized' | 'completed' | 'terminated';
  registryId: Uuid;
  startedEventId: Ulid;
  /** From `completed` on. */
  completedEventId?: Ulid;
  pings: readonly Ping[];
  /** From `summarized` on, unless it expired before. */
  summary?: Ping;
}>;

export type PingRegistry = Readonly<{ status: 'uninitialized' }> | BegunPing;

export const initialPing: PingRegistry = { status: 'uninitialized' };

export function decide(
  ping: PingRegistry,
  command: PingRegistryCommand,
): Decision<WorkflowEvent, WorkflowRefusal> {
  if (command.type === 'Init') {
    const { registryId } = command;
    if (ping.status === 'uninitialized') return accept({ type: 'RegistryPingStarted', registryId });
    // A client that lost the reply asks again, perhaps after the pings have begun.
    return ping.registryId === registryId
      ? accept()
      : refuse('WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS');
  }
  const { status } = ping;
  const isOpen = status === 'initialized' || status === 'appending';
  const hasEnded = status === 'completed' || status === 'terminated';
  switch (command.type) {
    case 'AppendPing':
      if (!isOpen) break;
      return accept({ type: 'ServerPinged', status: command.status });
    case 'PostSummary':
      if (!isOpen) break;
      return accept({ type: 'ServerPingsGathered', status: command.status });
    case 'Commit':
      if (hasEnded) return accept();
      if (status !== 'summarized') break;
      return accept({ type: 'RegistryPingCompleted' });
    case 'AbortExpired':
      if (hasEnded) return accept();
      if (status === 'uninitialized') break;
      return accept({ type: 'RegistryPingCompleted' });
    case 'End':
      if (status === 'terminated') return accept();
      if (status !== 'completed') break;
      return accept({ type: 'RegistryPingCommitted' });
    default:
      return unreachable(command);
  }
  return refuse('WORKFLOW_IN_OTHER_STATE');
}

export function evolve(
  ping: PingRegistry,
  event: WorkflowEvent,
  { id }: EventHeader,
): PingRegistry {
  if (event.type === 'RegistryPingStarted') {
    const { registryId } = event;
    return { status: 'initialized', registryId, startedEventId: id, pings: [] };
  }
  if (ping.status === 'uninitialized') throw new ForeignWorkflowError();
  switch (event.type) {
    case 'ServerPinged': {
      const pings = [...ping.pings, { ...event.status, eventId: id }];
      return { ...ping, status: 'appending', pings };
    }
    case 'ServerPingsGathered':
      return { ...ping, status: 'summarized', summary: { ...event.status, eventId: id } };
    case 'RegistryPingCompleted':
      return { ...ping, status: 'completed', completedEventId: id };
    case 'RegistryPingCommitted':
      return { ...ping, status: 'terminated' };
    default:
      throw new ForeignWorkflowError();
  }
}

/** The aggregate of a ping of all servers. */
export const pingRegistry: Aggregate<
  PingRegistry,
  PingRegistryCommand,
  WorkflowEvent,
  WorkflowRefusal
> = { codec: workflowCodec, initial: initialPing, decide, evolve };

/** Whether the pings have not been summed up yet, so that there may come more. */
export function isGathering({ status }: PingRegistry): boolean {
  return status === 'initialized' || status === 'appending';
}
