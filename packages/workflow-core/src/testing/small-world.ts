// One registry with one repo, one regd and one stad over a journal in memory: the smallest world in
// which a workflow can run from end to end. A test moves it by hand, step by step.
import {
  Engine,
  mainId,
  NoVC,
  ulidSource,
  workflowIndexId,
  type Direction,
  type Uuid,
} from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { RegdLoop } from '../daemon/regd-loop.ts';
import { Runner } from '../daemon/runner.ts';
import { StadLoop } from '../daemon/stad-loop.ts';
import { main } from '../main/main.ts';
import type { Log } from '../ports/log.ts';
import { registry } from '../registry/aggregate.ts';
import { repo, type Repo } from '../repo/repo.ts';
import type { RegistryRepo } from '../registry/registry.ts';
import { storageWorkflow, type StorageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { beginWorkflow, type BeginReply, type BeginRequest } from '../use-cases/begin-workflow.ts';
import { initRepo } from '../use-cases/init-repo.ts';
import { initMain } from '../use-cases/set-up.ts';
import { settled } from './agenda.ts';
import type { OnEffect } from './effects.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeDisk } from './fake-disk.ts';
import { FakeLock } from './fake-lock.ts';
import { FakeShadow } from './fake-shadow.ts';
import { FakeTree } from './fake-tree.ts';
import { author, exreg, idOf, repoInit, root } from './names.ts';
import { silentLog } from './silent-log.ts';

export class SmallWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly journal: MemoryJournal = new MemoryJournal();
  readonly engine: Engine;
  readonly disk: FakeDisk = new FakeDisk();
  readonly repoId: Uuid = idOf('repo');
  readonly indexId: Uuid = workflowIndexId('exreg');
  /** What both daemons log. */
  log: Log = silentLog;
  /** Injects faults into stad's work on files. */
  onEffect: OnEffect = () => undefined;

  constructor() {
    const nextId = ulidSource(() => this.clock.nowMs());
    this.engine = new Engine({ journal: this.journal, nextId });
    this.disk.write(`${repoInit.hostPath}/a`);
  }

  /** Registry, root and repo, accepted but set up by nobody yet. */
  async prepare(): Promise<void> {
    const { engine, repoId, indexId } = this;
    await initMain(engine);
    await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: 'exreg' });
    await engine.tell(registry, exreg, NoVC, { type: 'InitRegistry', name: 'exreg' });
    await engine.tell(registry, exreg, NoVC, { type: 'EnableEphemeralWorkflows', indexId });
    await engine.tell(registry, exreg, NoVC, { type: 'InitRoot', root });
    await initRepo(engine, {
      registry: 'exreg',
      repoId,
      globalPath: repoInit.globalPath,
      creator: author,
    });
  }

  /** A world whose repo is online. */
  static async ready(): Promise<SmallWorld> {
    const world = new SmallWorld();
    await world.prepare();
    await world.run();
    return world;
  }

  /** Starts both daemons, lets them do all that is due at once, and stops them. */
  async run({ forMs = 0 }: { forMs?: number } = {}): Promise<void> {
    const { engine, clock } = this;
    const stop = new AbortController();
    const regd = new RegdLoop({ engine });
    const options = { engine, clock, random: () => 0.5, log: this.log };
    const runs = [
      new Runner({ ...options, loop: regd }).run(stop.signal),
      new Runner({ ...options, loop: this.#stad() }).run(stop.signal),
    ];
    await settled();
    await clock.advance(forMs);
    stop.abort();
    await Promise.all(runs);
  }

  begin(direction: Direction, change: Partial<BeginRequest> = {}): Promise<BeginReply> {
    return beginWorkflow(this.engine, {
      direction,
      registry: 'exreg',
      repoId: this.repoId,
      workflowId: idOf('workflow'),
      author,
      ...change,
    });
  }

  async workflow(id: Uuid = idOf('workflow')): Promise<StorageWorkflow> {
    return (await this.engine.find(storageWorkflow, id)).state;
  }

  async repo(): Promise<Repo> {
    return (await this.engine.find(repo, this.repoId)).state;
  }

  async listed(): Promise<RegistryRepo | undefined> {
    return (await this.engine.find(registry, exreg)).state.repos.get(this.repoId);
  }

  #stad(): StadLoop {
    const { engine, journal, clock, disk, onEffect } = this;
    return new StadLoop({
      instance: idOf('stad'),
      host: root.host,
      engine,
      board: journal,
      tree: new FakeTree(disk, { onEffect }),
      shadow: new FakeShadow(disk, { onEffect }),
      lock: new FakeLock(),
      clock,
      retryForMs: 60_000,
    });
  }
}
