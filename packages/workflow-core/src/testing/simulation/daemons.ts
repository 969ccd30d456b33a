// regd and stad as the simulation runs them: the loops and the runner that are shipped, wired to
// ports of the simulated world. A daemon that dies or stops is started again after a while.
import { Engine, type Noticeboard, type Uuid } from '@permafrost/events';
import { keepPresent } from '../../daemon/presence.ts';
import { RegdLoop } from '../../daemon/regd-loop.ts';
import { Runner, type Loop } from '../../daemon/runner.ts';
import { StadLoop } from '../../daemon/stad-loop.ts';
import {
  FilesFault,
  type Direction,
  type ImmutableTree,
  type RepoLock,
  type ShadowRepo,
  type Watch,
} from '../../ports/files.ts';
import type { Clock } from '../../ports/time.ts';
import { collectGarbage } from '../../use-cases/collect-garbage.ts';
import { failUnserved } from '../../use-cases/fail-unserved.ts';
import { initMain } from '../../use-cases/set-up.ts';
import type { EffectPoint } from '../effects.ts';
import { FakeLock } from '../fake-lock.ts';
import { FakeShadow } from '../fake-shadow.ts';
import { FakeTree } from '../fake-tree.ts';
import { silentLog } from '../silent-log.ts';
import { brokenFault, busyFault } from './faults.ts';
import { Process } from './process.ts';
import { SimJournal } from './sim-journal.ts';
import type { World } from './world.ts';

const GC_EVERY_MS = 60_000;
const GC_OLDER_THAN_MS = 5 * 60_000;
const UNSERVED_EVERY_MS = 30_000;
const UNSERVED_MS_MAX = 2 * 60_000;
const RESTART_MS_MAX = 30_000;
/** How long a daemon that is told to stop may take. */
const STOP_MS_MAX = 10 * 60_000;

/** A place where one daemon runs, time and again. */
export class Daemon {
  readonly name: string;
  readonly #world: World;
  readonly #start: (process: Process) => Running;
  #process: Process;
  #running: Running | undefined;
  #starts = 0;

  constructor(world: World, name: string, start: (process: Process) => Running) {
    this.#world = world;
    this.name = name;
    this.#start = start;
    this.#process = this.#boot();
  }

  /** What a call to the running process works with; undefined while it is down. */
  get callee(): Callee | undefined {
    if (!this.#running || !this.#process.isAlive || this.#process.signal.aborted) return undefined;
    const { engine, board } = this.#running;
    return { engine, board, clock: this.#process.clock };
  }

  get process(): Process {
    return this.#process;
  }

  get tasksOpen(): number {
    return this.#running?.runner.tasksOpen ?? 0;
  }

  /** Tells the daemon to end in peace, as an operator does; it is started again after that. */
  stop(): void {
    const process = this.#process;
    if (process.signal.aborted || !process.isAlive) return;
    process.log('told to stop');
    process.stop();
    this.#world.agenda.after(STOP_MS_MAX, () => {
      if (process.isAlive) this.#world.fail(`${process.name} does not stop`);
    });
  }

  #boot(): Process {
    this.#starts++;
    const process = new Process(this.#world, `${this.name}.${this.#starts}`, () =>
      this.#bootLater(),
    );
    process.log('starts');
    this.#running = this.#start(process);
    void process.watch('runner', this.#running.done).then(() => process.kill());
    return process;
  }

  #bootLater(): void {
    const delayMs = this.#world.random.between(1, RESTART_MS_MAX);
    this.#world.agenda.after(delayMs, () => void (this.#process = this.#boot()));
  }
}

export type Callee = Readonly<{ engine: Engine; board: Noticeboard; clock: Clock }>;

type Running = Readonly<{
  engine: Engine;
  board: Noticeboard;
  runner: { readonly tasksOpen: number };
  done: Promise<unknown>;
}>;

export function startRegd(process: Process): Running {
  const journal = new SimJournal(process);
  const engine = engineOf(process, journal);
  const loop = new RegdLoop({ engine });
  const running = follow(process, journal, engine, loop);
  const done = Promise.all([
    running.done,
    setUpMain(process, engine),
    collectOften(process, engine),
    failUnservedOften(process, engine, journal),
  ]);
  return { ...running, done };
}

export function startStad(process: Process, host: string, instance: Uuid): Running {
  const journal = new SimJournal(process);
  const engine = engineOf(process, journal);
  const { world, clock, signal } = process;
  const onEffect = (point: EffectPoint): Promise<void> => passEffect(process, point);
  const loop = new StadLoop({
    instance,
    host,
    engine,
    board: journal,
    tree: treeOf(process, onEffect),
    shadow: shadowOf(process, onEffect),
    lock: lockOf(process, host),
    clock,
    jobsMax: 2,
  });
  const who = { instance, daemon: 'stad', host, pid: 1, version: '0' } as const;
  const running = follow(process, journal, engine, loop);
  const presence = keepPresent(who, { board: journal, clock, log: silentLog, signal });
  world.log(process.name, `serves ${host}`);
  return { ...running, done: Promise.all([running.done, presence]) };
}

function engineOf(process: Process, journal: SimJournal): Engine {
  return new Engine({ journal, nextId: process.nextId, pause: () => process.pause() });
}

function follow<Task>(
  process: Process,
  journal: SimJournal,
  engine: Engine,
  shipped: Loop<Task>,
): Running {
  const { clock, random, world } = process;
  const loop = world.defect === 'no-look-at-start' ? blindAtStart(shipped) : shipped;
  const runner = new Runner({ engine, loop, clock, random: random.next, log: silentLog });
  return { engine, board: journal, runner, done: runner.run(process.signal) };
}

function blindAtStart<Task>(loop: Loop<Task>): Loop<Task> {
  return {
    keyOf: (task) => loop.keyOf(task),
    concerns: (event) => loop.concerns(event),
    run: (task, signal, log) => loop.run(task, signal, log),
    ...(loop.pause && { pause: loop.pause.bind(loop) }),
    async *open() {
      // Sees nothing.
    },
  };
}

async function setUpMain({ clock, signal }: Process, engine: Engine): Promise<void> {
  while (!signal.aborted) {
    try {
      await initMain(engine);
      return;
    } catch {
      await clock.sleep(1000, signal);
    }
  }
}

async function collectOften(process: Process, engine: Engine): Promise<void> {
  const { clock, signal } = process;
  for (;;) {
    await clock.sleep(GC_EVERY_MS, signal);
    if (signal.aborted) return;
    try {
      const limits = { olderThanMs: GC_OLDER_THAN_MS, nowMs: clock.nowMs(), signal };
      await collectGarbage(engine, limits);
    } catch {
      process.log('gc failed');
    }
  }
}

async function failUnservedOften(
  process: Process,
  engine: Engine,
  board: Noticeboard,
): Promise<void> {
  const { clock, signal } = process;
  const options = { unservedMsMax: UNSERVED_MS_MAX, signal };
  for (;;) {
    await clock.sleep(UNSERVED_EVERY_MS, signal);
    if (signal.aborted) return;
    try {
      for (const id of await failUnserved({ engine, board, clock }, options)) {
        process.log(`nobody served ${id}`);
      }
    } catch {
      process.log('look for unserved workflows failed');
    }
  }
}

/** Where an effect on files takes time, fails, or is the last that its process does. */
async function passEffect(process: Process, point: EffectPoint): Promise<void> {
  const { world } = process;
  const { effect, when, path } = point;
  if (when === 'after') {
    world.monitor.happened(point);
    await process.pass(`after ${effect} ${path}`);
    return process.pause();
  }
  await process.pause();
  await process.pass(`before ${effect} ${path}`);
  mayFail(process, path);
}

type Hook = (point: EffectPoint) => Promise<void>;

/** Where something is only looked at. That takes time and fails, as an effect does. */
async function passLook(process: Process, path: string): Promise<void> {
  await process.pause();
  mayFail(process, path);
}

function mayFail({ random, world }: Process, path: string): void {
  if (random.chance(world.faults.filesBusy)) throw busyFault(random, path);
  if (random.chance(world.faults.filesBroken)) throw brokenFault(random, path);
}

function treeOf(process: Process, onEffect: Hook): ImmutableTree {
  const { world } = process;
  const tree = new FakeTree(world.disk, { onEffect });
  const examine: ImmutableTree['examine'] = async (path, policy) => {
    await passLook(process, path);
    return tree.examine(path, policy);
  };
  if (world.defect !== 'tree-half-done')
    return { examine, apply: (direction, path, watch) => tree.apply(direction, path, watch) };
  return {
    examine,
    // Goes only as far as the first entries: what is deeper stays as it is.
    apply: async (direction: Direction, path: string, watch: Watch) => {
      const enough = new AbortController();
      const onStep: Watch['onStep'] = (step) => {
        watch.onStep(step);
        if (step.entriesDone >= 2) enough.abort();
      };
      const signal = AbortSignal.any([watch.signal, enough.signal]);
      try {
        return await tree.apply(direction, path, { signal, onStep });
      } catch (error) {
        if (!enough.signal.aborted) throw error;
        return { dirs: 0, files: 0, links: 0, others: 0, mounts: 0, changed: 0 };
      }
    },
  };
}

function shadowOf(process: Process, onEffect: Hook): ShadowRepo {
  const { world } = process;
  const shadow = new FakeShadow(world.disk, { onEffect });
  return {
    init: (location) => shadow.init(location),
    counted: async (location) => {
      await passLook(process, location.hostPath);
      return shadow.counted(location);
    },
    snapshot: (location, request, watch) =>
      world.defect === 'shadow-not-written'
        ? Promise.resolve({ commit: '0'.repeat(40), changed: false })
        : shadow.snapshot(location, request, watch),
  };
}

function lockOf(process: Process, host: string): RepoLock {
  const { world, random } = process;
  if (world.defect === 'no-lock') return { hold: (_repo, _signal, work) => work() };
  const lock = new FakeLock(world.locksOf(host), process);
  return {
    hold: async (repoId, signal, work) => {
      await process.pause();
      if (random.chance(world.faults.lockBroken)) {
        world.monitor.lockRefused(repoId);
        throw new FilesFault('FILES_NO_LOCK', 'cannot lock (EACCES)', { retry: 'later' });
      }
      return lock.hold(repoId, signal, work);
    },
  };
}
