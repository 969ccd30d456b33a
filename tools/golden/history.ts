// What is written into golden journals: each kind of history, with each way in which a workflow can
// stand or end.
import {
  Engine,
  indexCodec,
  mainId,
  NoVC,
  registryId,
  ulidSource,
  namedUuid,
  workflowIndexId,
  type Author,
  type Direction,
  type IndexEvent,
  type Journal,
  type Ulid,
  type Uuid,
} from '@permafrost/events';
import {
  beginFiles,
  beginWorkflow,
  collectGarbage,
  initMain,
  initRepo,
  main,
  registry,
  repo,
  setUpRepo,
  settle,
  storageWorkflow,
  workflowIndex,
  type WorkflowCommand,
} from '@permafrost/workflow-core';

const NAME = 'golden';
const TOP = '/golden/data';
const author: Author = { name: 'A U Thor', email: 'author@example.org' };
const idOf = (word: string): Uuid => namedUuid(word, registryId(NAME));

/** Writes a fixed history, with ids from a fixed time and without chance. */
export async function writeGoldenHistory(journal: Journal): Promise<void> {
  await new GoldenHistory(journal).write();
}

class GoldenHistory {
  readonly #journal: Journal;
  readonly #engine: Engine;
  readonly #nextId: () => Ulid;
  #nowMs = Date.UTC(2026, 0, 1);

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#nextId = ulidSource(
      () => (this.#nowMs += 1000),
      () => 0.5,
    );
    this.#engine = new Engine({ journal, nextId: this.#nextId });
  }

  async write(): Promise<void> {
    await this.#setUp();
    await this.#run('deleted', 'run-1', 'freeze');
    await this.#run('thawed', 'run-1', 'unfreeze');
    const lateMs = this.#nowMs + 1e9;
    await collectGarbage(this.#engine, { olderThanMs: 1e9 - 10_000, nowMs: lateMs });
    await this.#run('failed', 'run-2', 'freeze', {
      type: 'AbortFiles',
      status: { code: 2, message: 'disk on fire' },
    });
    await this.#snapshot();
    await this.#run('frozen', 'run-2', 'freeze');
    await this.#begin('waiting for stad', 'run-1', 'freeze');
    await this.#engine.transact((tx) => beginFiles(tx, idOf('waiting for stad')));
    await this.#begin('waiting for regd', 'run-3', 'freeze');
  }

  async #setUp(): Promise<void> {
    const engine = this.#engine;
    const id = registryId(NAME);
    await initMain(engine);
    await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: NAME });
    await engine.tell(registry, id, NoVC, { type: 'InitRegistry', name: NAME });
    await engine.tell(main, mainId, NoVC, { type: 'ConfirmRegistry', name: NAME });
    const indexId = workflowIndexId(NAME);
    await engine.tell(registry, id, NoVC, { type: 'EnableEphemeralWorkflows', indexId });
    const root = { globalRoot: TOP, host: 'files.example.org', hostRoot: '/srv/data' };
    await engine.tell(registry, id, NoVC, {
      type: 'InitRoot',
      root: { ...root, gitlabNamespace: '' },
    });
    for (const name of ['run-1', 'run-2', 'run-3', 'not-set-up']) {
      await initRepo(engine, {
        registry: NAME,
        repoId: idOf(name),
        globalPath: `${TOP}/${name}`,
        creator: author,
      });
      await setUpRepo(engine, { registryId: id, repoId: idOf(name) });
      if (name === 'not-set-up') continue;
      const shadowPath = `/shadows/${name}`;
      await engine.tell(repo, idOf(name), NoVC, { type: 'ConfirmShadow', shadowPath });
      await setUpRepo(engine, { registryId: id, repoId: idOf(name) });
    }
    const message = 'no such directory';
    await engine.tell(repo, idOf('not-set-up'), NoVC, { type: 'SetError', message });
  }

  async #begin(word: string, repoName: string, direction: Direction): Promise<void> {
    await beginWorkflow(this.#engine, {
      direction,
      registry: NAME,
      repoId: idOf(repoName),
      workflowId: idOf(word),
      author,
    });
  }

  async #run(
    word: string,
    repoName: string,
    direction: Direction,
    end: WorkflowCommand = { type: 'CommitFiles' },
  ): Promise<void> {
    const id = idOf(word);
    await this.#begin(word, repoName, direction);
    await this.#engine.transact((tx) => beginFiles(tx, id));
    await this.#engine.tell(storageWorkflow, id, NoVC, end);
    await this.#engine.transact((tx) => settle(tx, id));
  }

  /** Written by hand, since it would not be worthwhile yet. */
  async #snapshot(): Promise<void> {
    const history = workflowIndexId(NAME);
    const { vid, state } = await this.#engine.find(workflowIndex, history);
    const entries = [...state.completed.values()];
    const events: readonly IndexEvent[] = [
      { type: 'SnapshotBegun' },
      { type: 'SnapshotRecorded', entries },
      { type: 'SnapshotEnded' },
    ];
    let parent = vid;
    const changes = events.map((event) => {
      const header = { id: this.#nextId(), parent };
      parent = header.id;
      const body = indexCodec.encode(event, header);
      return { do: 'append', history, kind: indexCodec.kind, ...header, body } as const;
    });
    await this.#journal.commit(changes);
  }
}
