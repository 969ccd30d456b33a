// A daemon's part in pings of all servers: each that is there answers three times, a second apart; and
// regd sums up what has come within ten seconds (spec/behaviour.md 15).
import {
  RetryNoVC,
  ulidTimeMs,
  workflowCodec,
  workflowIndexId,
  type Engine,
  type Noticeboard,
  type StoredEvent,
  type Uuid,
} from '@permafrost/events';
import { findPing } from '../ping-registry/find.ts';
import { isGathering, pingRegistry, type BegunPing } from '../ping-registry/ping-registry.ts';
import type { Clock } from '../ports/time.ts';
import { activePings } from '../workflow-index/pings.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { ofEachRegistry } from './each-registry.ts';
import type { Loop } from './runner.ts';
import type { TaskLog } from './task-log.ts';

export type PingTask = Readonly<{ workflowId: Uuid }>;

export type PingLoopOptions = Readonly<{
  engine: Engine;
  clock: Clock;
  /** What this daemon says, one text after the other. */
  texts: readonly string[];
  /** Who ought to have answered; only with it, the pings are summed up. */
  board?: Pick<Noticeboard, 'present'>;
}>;

const PAUSE_MS = 1000;
const WINDOW_MS = 10_000;

/** What regd says to a ping; monitoring of the Go system may look for it. */
export const regdPings: readonly string[] = [1, 2, 3].map((nth) => `nogfsoregd ping ${nth}`);

/** What the stad of a host says to a ping. */
export function stadPings(host: string): readonly string[] {
  return Array.from({ length: 3 }, () => stadPing(host));
}

function stadPing(host: string): string {
  return `nogfsostad ping on ${host}`;
}

export class PingLoop implements Loop<PingTask> {
  readonly #options: PingLoopOptions;

  constructor(options: PingLoopOptions) {
    this.#options = options;
  }

  keyOf({ workflowId }: PingTask): string {
    return `ping ${workflowId}`;
  }

  async *open(): AsyncGenerator<PingTask> {
    const { engine } = this.#options;
    yield* ofEachRegistry(engine, async function* ({ name }): AsyncGenerator<PingTask> {
      const { state: index } = await engine.find(workflowIndex, workflowIndexId(name));
      for (const workflowId of activePings(index.pings)) yield { workflowId };
    });
  }

  concerns({ kind, history, body }: StoredEvent): readonly PingTask[] {
    if (kind !== 'workflow') return [];
    const { type } = workflowCodec.decode(body).event;
    return type === 'RegistryPingStarted' ? [{ workflowId: history }] : [];
  }

  async run({ workflowId }: PingTask, signal: AbortSignal, log: TaskLog): Promise<void> {
    log.about({ workflow: workflowId, kind: 'ping-registry' });
    await this.#answer(workflowId, signal);
    const { board } = this.#options;
    if (board && (await this.#sumUp(workflowId, board, signal))) log.info({}, 'servers pinged');
  }

  /** What a daemon has said before a restart counts. */
  async #answer(workflowId: Uuid, signal: AbortSignal): Promise<void> {
    const { engine, clock, texts } = this.#options;
    while (!signal.aborted) {
      const ping = await this.#gathering(workflowId);
      const said = ping?.pings.filter(({ message }) => texts.includes(message)).length ?? 0;
      const message = texts[said];
      if (!ping || message === undefined) return;
      const command = { type: 'AppendPing', status: { code: 0, message } } as const;
      await engine.tell(pingRegistry, workflowId, RetryNoVC, command);
      await clock.sleep(PAUSE_MS, signal);
    }
  }

  /** Resolves to whether it is its part to do so, now. */
  async #sumUp(
    workflowId: Uuid,
    board: Pick<Noticeboard, 'present'>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { engine, clock } = this.#options;
    const ping = await this.#gathering(workflowId);
    if (!ping) return false;
    const leftMs = ulidTimeMs(ping.startedEventId) + WINDOW_MS - clock.nowMs();
    // A clock that was put back must not keep anybody waiting for longer than that.
    await clock.sleep(Math.max(0, Math.min(leftMs, WINDOW_MS)), signal);
    if (signal.aborted) return false;
    const stads = (await board.present()).filter(({ daemon }) => daemon === 'stad');
    const hosts = new Set(stads.map(({ host }) => host));
    await engine.transact(async (tx) => {
      const { state } = await tx.find(pingRegistry, workflowId);
      if (state.status === 'uninitialized' || !isGathering(state)) return;
      const missing = silent(hosts, state).map(noAnswer);
      for (const status of missing) {
        await tx.tell(pingRegistry, workflowId, { type: 'AppendPing', status });
      }
      const status = summaryOf([...state.pings, ...missing]);
      await tx.tell(pingRegistry, workflowId, { type: 'PostSummary', status });
    });
    return true;
  }

  async #gathering(workflowId: Uuid): Promise<BegunPing | undefined> {
    const ping = await findPing(this.#options.engine, workflowId);
    return ping && isGathering(ping) ? ping : undefined;
  }
}

function silent(hosts: ReadonlySet<string>, { pings }: BegunPing): readonly string[] {
  return [...hosts].filter((host) => !pings.some(({ message }) => message === stadPing(host)));
}

function noAnswer(host: string): { code: number; message: string } {
  return { code: 1, message: `${stadPing(host)}: no answer` };
}

function summaryOf(pings: readonly { code: number }[]): { code: number; message: string } {
  const errors = pings.filter(({ code }) => code !== 0).length;
  const message = `{ totalCount: ${pings.length}, errorCount: ${errors} }`;
  return { code: errors > 0 ? 1 : 0, message };
}
