// Every event in plain words, for people who follow what happens.
import type {
  Author,
  Direction,
  IndexEvent,
  MainEvent,
  RegistryEvent,
  RepoEvent,
  Status,
  WorkflowEvent,
} from '@permafrost/events';

/** What regd tells of an event, as JSON: that of the domain, or that its bytes are damaged. */
export type AnyEvent =
  | MainEvent
  | RegistryEvent
  | RepoEvent
  | WorkflowEvent
  | IndexEvent
  | Readonly<{ type: 'Unreadable'; reason: string }>;

/** What happened, without a full stop. */
export function sentence(event: AnyEvent): string {
  switch (event.type) {
    case 'MainInitialized':
      return 'the journal was set up';
    case 'RegistryAccepted':
      return `registry ${event.name} was asked for`;
    case 'RegistryConfirmed':
      return `registry ${event.name} is ready`;
    case 'RegistryAdded':
      return `registry ${event.name} was created`;
    case 'EphemeralWorkflowsEnabled':
      return 'the registry can run workflows';
    case 'RootAdded':
      return `root ${event.root.globalRoot} is ${event.root.hostRoot} on host ${event.root.host}`;
    case 'RootRemoved':
      return `root ${event.globalRoot} was removed`;
    case 'RepoAccepted':
      return `${nameOf(event.creator)} asked for repo ${event.globalPath}, id ${event.repoId}`;
    case 'RepoAdded':
      return `repo ${event.globalPath} is set up`;
    case 'RepoStorageStarted':
      return `repo ${event.repoId}: ${beginning(event.direction)}, workflow ${event.workflowId}`;
    case 'RepoStorageCompleted': {
      const { repoId, direction, statusCode } = event;
      return `repo ${repoId}: ${ending(direction, { code: statusCode, message: '' })}`;
    }
    case 'RepoArchiveTierRecorded':
      return `repo ${event.repoId} is ${event.tier}`;
    case 'RepoInitStarted': {
      const { creator, hostPath, fileHost } = event.init;
      return `${nameOf(creator)} made ${hostPath} on host ${fileHost} a repo`;
    }
    case 'ShadowRepoCreated':
      return `the shadow repo is ${event.shadowPath}`;
    case 'RepoErrorSet':
      return `error: ${event.message}`;
    case 'RepoErrorCleared':
      return 'the error was cleared';
    case 'StorageStarted':
      return `${beginning(event.direction)}, workflow ${event.workflowId}`;
    case 'StorageCompleted':
      return ending(event.direction, event.status);
    case 'ArchiveTierRecorded':
      return `the repo is ${event.tier}`;
    case 'WorkflowStarted': {
      const { author, repoGlobalPath, repair } = event.start;
      const asked = `${nameOf(author)} asked to ${event.direction} ${repoGlobalPath}`;
      return repair ? `${asked} again, as a repair` : asked;
    }
    case 'FilesStarted':
      return `registry and repo agree; stad may ${event.direction} the files`;
    case 'FilesCompleted': {
      const ended = `the files: ${ending(event.direction, event.status)}`;
      return event.commit ? `${ended}, recorded as commit ${event.commit}` : ended;
    }
    case 'WorkflowCompleted':
      return `registry and repo know: ${ending(event.direction, event.status)}`;
    case 'WorkflowCommitted':
      return 'the workflow has ended';
    case 'RegistryPingStarted':
      return 'somebody asked who is there';
    case 'ServerPinged':
      return `${event.status.code === 0 ? 'here' : 'missing'}: ${event.status.message}`;
    case 'ServerPingsGathered':
      return `all answers are in: ${event.status.message}`;
    case 'RegistryPingCompleted':
      return 'the answers have been taken';
    case 'RegistryPingCommitted':
      return 'the ping has ended';
    case 'WorkflowIndexed': {
      const { direction, globalPath, workflowId } = event.entry;
      return `${direction} of ${globalPath} began, workflow ${workflowId}`;
    }
    case 'IndexedWorkflowCompleted':
      return `${event.direction} ended, workflow ${event.workflowId}`;
    case 'IndexedWorkflowDeleted':
      return `${event.direction} forgotten, workflow ${event.workflowId}`;
    case 'PingIndexed':
      return `ping of the servers began, workflow ${event.entry.workflowId}`;
    case 'IndexedPingCompleted':
      return `ping of the servers ended, workflow ${event.workflowId}`;
    case 'IndexedPingDeleted':
      return `ping of the servers forgotten, workflow ${event.workflowId}`;
    case 'SnapshotBegun':
      return 'a snapshot of the index begins';
    case 'SnapshotRecorded':
      return `the snapshot holds ${event.entries.length + (event.pings?.length ?? 0)} workflows`;
    case 'SnapshotEnded':
      return 'the snapshot of the index ends';
    case 'Unmodelled':
      return `something that this program does not act on (event ${event.code})`;
    case 'Unreadable':
      return `an event that cannot be read: ${event.reason}`;
    default:
      return newer(event);
  }
}

/** Whether it is the last one that there ever is of its workflow. */
export function endsWorkflow({ type }: AnyEvent): boolean {
  return type === 'WorkflowCommitted' || type === 'RegistryPingCommitted';
}

/** A newer regd may know events that this program does not; the compiler says that there are none. */
function newer(event: never): string {
  return `something newer than this program: ${(event as { type: string }).type}`;
}

function beginning(direction: Direction): string {
  return `${direction} began`;
}

function ending(direction: Direction, { code, message }: Status): string {
  if (code === 0) return direction === 'freeze' ? 'frozen' : 'unfrozen';
  return `${direction} failed with ${code}${message === '' ? '' : `: ${message}`}`;
}

function nameOf({ name, email }: Author): string {
  return `${name} <${email}>`;
}
