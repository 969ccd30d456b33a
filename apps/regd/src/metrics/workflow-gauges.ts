// The workflows under way, as a scrape finds them. The engine has their states in memory, so that
// a look reads little more than the noticeboard.
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  Fault,
  STUCK_MS,
  ulidTimeMs,
  workingPhases,
  type Engine,
  type Noticeboard,
  type Uuid,
} from '@permafrost/events';
import {
  activeWorkflows,
  findStorageWorkflow,
  isAlive,
  storageWorkflow,
  type BegunWorkflow,
  type Clock,
  type Log,
} from '@permafrost/workflow-core';
import { Gauge, type Registry } from 'prom-client';

export type WorkflowsToLookAt = Readonly<{
  engine: Engine;
  board: Noticeboard;
  clock: Clock;
  log: Log;
}>;

type Active = Readonly<{ kind: string; phase: string; startedMs: number; lastSignMs: number }>;

export class WorkflowGauges {
  readonly #active: Gauge;
  readonly #stuck: Gauge;
  readonly #oldest: Gauge;
  readonly #longestWait: Gauge;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
      new Gauge({ name: `permafrost_${name}`, help, labelNames, registers: [registry] });
    this.#active = gauge('workflows_active', 'Freezes and thaws under way.', 'kind', 'phase');
    this.#stuck = gauge('workflows_stuck', 'Those that have not come on for a minute.');
    this.#oldest = gauge(
      'workflow_oldest_age_seconds',
      'How long ago the oldest of those under way began; 0 if there is none.',
    );
    this.#longestWait = gauge(
      'workflow_longest_wait_seconds',
      'For how long one has not come on, at most; 0 if there is none.',
    );
  }

  /** Without a journal to be read, nothing is told of the workflows, and all else of regd still is. */
  async look(at: WorkflowsToLookAt): Promise<void> {
    try {
      this.#tell(await activeNow(at), at.clock.nowMs());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      at.log.warn({ err: error }, 'cannot look at the workflows for the metrics');
      this.#active.reset();
      for (const gauge of [this.#stuck, this.#oldest, this.#longestWait]) gauge.remove();
    }
  }

  /** At once, so that looks at the same time do not mix. */
  #tell(active: readonly Active[], nowMs: number): void {
    this.#active.reset();
    for (const { kind, phase } of active) this.#active.inc({ kind, phase });
    const waitsMs = active.map(({ lastSignMs }) => nowMs - lastSignMs);
    this.#stuck.set(waitsMs.filter((ms) => ms >= STUCK_MS).length);
    this.#longestWait.set(longestSeconds(waitsMs));
    this.#oldest.set(longestSeconds(active.map(({ startedMs }) => nowMs - startedMs)));
  }
}

function longestSeconds(durationsMs: readonly number[]): number {
  return durationsMs.reduce((longest, ms) => Math.max(longest, ms), 0) / 1000;
}

async function activeNow(at: WorkflowsToLookAt): Promise<readonly Active[]> {
  const { engine, board, clock } = at;
  const present = await board.present();
  const alive = new Set(
    present.filter((who) => isAlive(who, clock.nowMs())).map(({ instance }) => instance),
  );
  const active: Active[] = [];
  for await (const id of activeWorkflows(engine)) {
    const workflow = await findStorageWorkflow(engine, id);
    if (workflow) active.push(await seen(at, { id, workflow, alive }));
    // There may be many: calls shall have their turn in between.
    await nextTurn();
  }
  return active;
}

async function seen(
  { engine, board }: WorkflowsToLookAt,
  { id, workflow, alive }: { id: Uuid; workflow: BegunWorkflow; alive: ReadonlySet<Uuid> },
): Promise<Active> {
  const { direction: kind, status: phase, startedEventId } = workflow;
  const { vid } = await engine.find(storageWorkflow, id);
  const progress = phase === 'files' ? await board.progress(id) : undefined;
  const isAtWork = progress && alive.has(progress.instance) && workingPhases.has(progress.phase);
  const lastSignMs = Math.max(ulidTimeMs(vid), isAtWork ? progress.updatedMs : 0);
  return { kind, phase, startedMs: ulidTimeMs(startedEventId), lastSignMs };
}
