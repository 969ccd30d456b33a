// Histories as the journal's users write them, without the users.
import {
  indexCodec,
  nilUlid,
  randomUuid,
  repoCodec,
  ulidSource,
  type Change,
  type Codec,
  type IndexEvent,
  type RepoEvent,
  type Ulid,
  type Uuid,
} from '@permafrost/events';

const nextId = ulidSource();

type Append = Extract<Change, { do: 'append' }>;

/** A history, and the line of a batch that makes it longer by an event. */
export class History<E> {
  readonly id: Uuid;
  readonly #codec: Codec<E>;
  #vid: Ulid;

  constructor(codec: Codec<E>, id: Uuid = randomUuid(), vid: Ulid = nilUlid) {
    this.id = id;
    this.#codec = codec;
    this.#vid = vid;
  }

  append(event: E): Append {
    const header = { id: nextId(), parent: this.#vid };
    const body = this.#codec.encode(event, header);
    this.#vid = header.id;
    return { do: 'append', history: this.id, kind: this.#codec.kind, ...header, body };
  }
}

/** An event of the usual size. */
export const usualEvent: RepoEvent = {
  type: 'StorageStarted',
  direction: 'freeze',
  workflowId: randomUuid(),
};

export interface Sample {
  history: Uuid;
  changes: readonly Change[];
}

/** A repo that is frozen and thawed again and again. */
export function repoHistory(events: number): Sample {
  const history = new History(repoCodec);
  const changes = Array.from({ length: events }, (_, i) => {
    const move = {
      direction: i % 4 < 2 ? 'freeze' : 'unfreeze',
      workflowId: randomUuid(),
    } as const;
    return history.append(
      i % 2 === 0
        ? { type: 'StorageStarted', ...move }
        : { type: 'StorageCompleted', ...move, status: { code: 0, message: '' } },
    );
  });
  return { history: history.id, changes };
}

/** An index of workflows that have all completed: two events for each. */
export function indexHistory(events: number): Sample {
  const history = new History(indexCodec);
  const changes = Array.from({ length: events / 2 }, (_, i) =>
    finishedWorkflow(i).map((event) => history.append(event)),
  ).flat();
  return { history: history.id, changes };
}

function finishedWorkflow(i: number): readonly [IndexEvent, IndexEvent] {
  const direction = i % 2 === 0 ? 'freeze' : 'unfreeze';
  const [workflowId, startedEventId, completedEventId] = [randomUuid(), nextId(), nextId()];
  const globalPath = `/example/data/group-${i % 50}/run-${i}`;
  return [
    { type: 'WorkflowIndexed', entry: { direction, workflowId, startedEventId, globalPath } },
    { type: 'IndexedWorkflowCompleted', direction, workflowId, completedEventId },
  ];
}
