// One running process: all that it does to the world goes through here, takes a moment of virtual
// time, and may be its last. Once it is dead, nothing that it left behind has any effect.
import { ulidSource, type Ulid } from '@permafrost/events';
import type { Clock } from '../../ports/time.ts';
import { settled, sleepOn } from '../agenda.ts';
import type { Prng } from './prng.ts';
import type { World } from './world.ts';

const LATENCY_MS_MAX = 2;
const SLOW_MS_MAX = 4 * 60_000;
const CLOCK_JUMP_MS_MAX = 60 * 60_000;

export class Process {
  readonly world: World;
  readonly name: string;
  readonly random: Prng;
  readonly nextId: () => Ulid;
  readonly #stop = new AbortController();
  readonly #onDeath: () => void;
  #isAlive = true;
  #clockOffsetMs = 0;

  constructor(world: World, name: string, onDeath: () => void = () => undefined) {
    this.world = world;
    this.name = name;
    this.random = world.random.fork();
    this.nextId = ulidSource(() => Math.max(1, Math.floor(this.nowMs())), this.random.next);
    this.#onDeath = onDeath;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Aborted when the process is told to stop in peace. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get clock(): Clock {
    return {
      nowMs: () => this.nowMs(),
      sleep: (ms, signal) => sleepOn((wake) => this.later(ms, wake), signal),
    };
  }

  /** What this process takes for the time. */
  nowMs(): number {
    return this.world.agenda.nowMs + this.#clockOffsetMs;
  }

  log(what: string): void {
    this.world.log(this.name, what);
  }

  /** Runs something after a while, if the process is still alive then. */
  later(ms: number, run: () => void): void {
    if (this.#isAlive) this.world.agenda.after(ms, run, this);
  }

  latencyMs(): number {
    return this.random.chance(this.world.faults.slow)
      ? this.random.between(0, SLOW_MS_MAX)
      : this.random.between(0, LATENCY_MS_MAX);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.later(ms, resolve));
  }

  /** Resolves after the time that a call takes. */
  pause(): Promise<void> {
    return this.wait(this.latencyMs());
  }

  /** Passes a point before or after an effect. Resolves never when the process is killed there. */
  pass(point: string): Promise<void> {
    this.log(point);
    if (this.random.chance(this.world.faults.clockJump)) {
      this.#clockOffsetMs = this.random.between(-1, 1) * CLOCK_JUMP_MS_MAX;
      this.log('clock jumps');
    }
    if (!this.world.isCrashDue()) return Promise.resolve();
    this.log(`killed ${point}`);
    this.kill();
    return new Promise(() => undefined);
  }

  stop(): void {
    this.#stop.abort();
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.world.bury(this);
    this.#onDeath();
  }

  /** Watches a part of the process that shall never fail: what it throws is a bug. */
  async watch(part: string, work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.reportBug(part, error);
    }
  }

  reportBug(part: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.world.fail(`${this.name} ${part} died of a bug: ${text}`);
  }
}

/** Runs the agenda until `isOver`, letting each item have all its consequences before the next. */
export async function runAgenda({ agenda }: World, isOver: () => boolean): Promise<void> {
  await settled();
  while (!isOver() && agenda.runNext()) await settled();
}
