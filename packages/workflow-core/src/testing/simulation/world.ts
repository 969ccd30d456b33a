// Everything outside of the daemons: time, the stored journal, disk and locks, and what may go
// wrong. One seed drives all of it.
import type { Change, Uuid } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { Agenda, type Owner } from '../agenda.ts';
import { FakeDisk } from '../fake-disk.ts';
import { LockTable } from '../fake-lock.ts';
import { RandomCrashes, type Crashes } from './crashes.ts';
import type { Defect } from './defects.ts';
import { noFaults, type FaultPlan } from './faults.ts';
import { Monitor } from './monitor.ts';
import { Prng } from './prng.ts';
import { Trace } from './trace.ts';

export const START_MS: number = Date.UTC(2026, 0, 1);

type Subscription = Readonly<{ owner: Owner; notify: (isLost: boolean) => void }>;

export type WorldOptions = Readonly<{
  seed: number;
  faults: FaultPlan;
  crashes?: Crashes;
  defect?: Defect | undefined;
}>;

export class World {
  readonly agenda: Agenda = new Agenda(START_MS);
  readonly random: Prng;
  readonly trace: Trace = new Trace();
  readonly journal: MemoryJournal = new MemoryJournal({ schedule: () => undefined });
  readonly disk: FakeDisk = new FakeDisk();
  readonly monitor: Monitor;
  readonly defect: Defect | undefined;
  #faults: FaultPlan;
  #crashes: Crashes;
  readonly #locks = new Map<string, LockTable>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #failures: string[] = [];
  #crashCount = 0;

  constructor({ seed, faults, crashes, defect }: WorldOptions) {
    this.random = new Prng(seed);
    this.#faults = faults;
    this.#crashes = crashes ?? new RandomCrashes(this.random.fork(), faults.crash);
    this.defect = defect;
    this.monitor = new Monitor(this.disk, (what) => this.fail(what));
  }

  get faults(): FaultPlan {
    return this.#faults;
  }

  get crashCount(): number {
    return this.#crashCount;
  }

  /** What the checkers have found. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  log(who: string, what: string): void {
    this.trace.add(this.agenda.nowMs - START_MS, who, what);
  }

  fail(what: string): void {
    this.#failures.push(what);
    this.log('checker', what);
  }

  /** From now on the world is kind. */
  endFaults(): void {
    this.#faults = noFaults;
    this.#crashes = { isDue: () => false };
    this.log('world', 'no more faults');
  }

  /** Whether the daemon that asks is to be killed here. */
  isCrashDue(): boolean {
    if (!this.#crashes.isDue()) return false;
    this.#crashCount++;
    return true;
  }

  locksOf(host: string): LockTable {
    const known = this.#locks.get(host);
    if (known) return known;
    const table = new LockTable();
    this.#locks.set(host, table);
    return table;
  }

  /** What happens to a process that dies, as far as it is not its own memory. */
  bury(owner: Owner): void {
    this.agenda.drop(owner);
    for (const table of this.#locks.values()) table.releaseAll(owner);
    for (const subscription of this.#subscriptions) {
      if (subscription.owner === owner) this.#subscriptions.delete(subscription);
    }
  }

  /** Writes a batch to the stored journal, and lets the monitor look at it and the news spread. */
  async commit(batch: readonly Change[]): Promise<number> {
    const position = await this.journal.commit(batch);
    this.monitor.committed(batch);
    for (const { notify } of this.#subscriptions)
      notify(this.random.chance(this.#faults.wakeUpLost));
    return position;
  }

  subscribe(subscription: Subscription): () => void {
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  /** A begun workflow was acknowledged to a client. */
  acknowledged(workflowId: Uuid, vid: string): void {
    this.monitor.acknowledged.set(workflowId, vid);
  }
}
