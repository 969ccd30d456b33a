// regd, put together: its services over the journal, its loop, its presence, its garbage collection.
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { nodeClock, type ServiceManager } from '@permafrost/daemon-kit';
import type { CallSpans } from '@permafrost/daemon-kit/tracing';
import { Engine, randomUuid, ulidSource } from '@permafrost/events';
import type { SqliteJournal } from '@permafrost/events/sqlite';
import {
  initMain,
  isHeard,
  keepPresent,
  PingLoop,
  RegdLoop,
  regdPings,
  Runner,
  together,
  type Log,
} from '@permafrost/workflow-core';
import type { Entrance } from './access/entrances.ts';
import { Guard } from './access/guard.ts';
import { Objects } from './access/objects.ts';
import { forgettingGone } from './forgetting-gone.ts';
import { collectingGarbage } from './garbage.ts';
import type { CallLimits } from './grpc/open-calls.ts';
import { RpcServer } from './grpc/rpc-server.ts';
import type { MakeService } from './grpc/service.ts';
import { droppingOldInquiries } from './inquiries/dropping-old.ts';
import { operatorService } from './operator/operator-service.ts';
import type { Context } from './services/context.ts';
import { broadcastServices } from './services/broadcast.ts';
import { ephemeralRegistryService } from './services/ephemeral-registry.ts';
import type { RegdMetrics } from './metrics/regd-metrics.ts';
import { regularly } from './regularly.ts';
import { healthService } from './services/health.ts';
import { mainService } from './services/main.ts';
import { notHere } from './services/not-here.ts';
import { pingRegistryService } from './services/ping-registry.ts';
import { reflectionServices } from './services/reflection.ts';
import { registryService } from './services/registry.ts';
import { reposService } from './services/repos.ts';
import { statService } from './services/stat.ts';
import { storageServices } from './services/storage-services.ts';
import { failingUnserved } from './unserved.ts';
import { version } from './version.ts';

/** Somebody may wait for it who wants a workflow cancelled whose stad has gone. */
const UNSERVED_LOOK_MS = 60_000;

export interface RegdSettings {
  journal: SqliteJournal;
  entrances: readonly Entrance[];
  /** Workflows that ended longer ago than this are deleted. */
  gcOlderThanMs: number;
  gcEveryMs: number;
  /** Workflows that no stad has served for longer fail; 0: never. */
  failUnservedAfterMs: number;
  /** How often is looked for them; the default is once a minute. */
  unservedLookMs?: number;
  log: Log;
  /** Told of calls and workflows, if they are measured. */
  metrics?: RegdMetrics | undefined;
  /** Makes the spans of calls, if they are traced. */
  spans?: CallSpans | undefined;
  /** Told when all is up, and that it stays well. */
  manager?: ServiceManager;
  /** How many calls there may be at each entrance. */
  callLimits?: CallLimits;
  /** How often is looked whether a socket's file is still there. */
  socketLookMs?: number;
}

/** Serves until the signal is aborted, and then until what is under way has ended. */
export async function serve(settings: RegdSettings, signal: AbortSignal): Promise<void> {
  const regd = await Regd.start(settings);
  try {
    await Promise.race([regd.background, aborted(signal)]);
  } finally {
    await regd.stop();
  }
}

/** A running regd. Who starts it opens and closes the journal. */
export class Regd {
  /** How clients reach it. */
  readonly targets: readonly string[];
  /** All that goes on without a call. Rejects when that ends by a defect. */
  readonly background: Promise<unknown>;
  readonly #servers: readonly RpcServer[];
  readonly #stopping: AbortController;

  private constructor(
    servers: readonly RpcServer[],
    targets: readonly string[],
    { background, stopping }: { background: Promise<unknown>; stopping: AbortController },
  ) {
    this.#servers = servers;
    this.targets = targets;
    this.background = background;
    this.#stopping = stopping;
  }

  static async start(settings: RegdSettings): Promise<Regd> {
    const { journal, log } = settings;
    const engine = new Engine({ journal, nextId: ulidSource(), pause, states: journal });
    const { gcOlderThanMs } = settings;
    const instance = randomUuid();
    const context = { engine, journal, clock: nodeClock, instance, log, gcOlderThanMs };
    await initMain(engine);
    settings.metrics?.lookAt({ engine, board: journal, clock: nodeClock, log });
    const { servers, targets } = await openEntrances(settings, context);
    const stopping = new AbortController();
    const background = Promise.all(runInBackground(settings, context, stopping.signal));
    // Whoever awaits it hears of a defect; until somebody does, it is not unheard of.
    background.catch(() => undefined);
    log.info({ listen: targets }, 'regd ready');
    settings.manager?.ready(`serves ${targets.join(', ')}`);
    return new Regd(servers, targets, { background, stopping });
  }

  /** How many calls are open, streams and waits included. */
  get callsOpen(): number {
    return this.#servers.reduce((sum, { callsOpen }) => sum + callsOpen, 0);
  }

  /** Ends streams and waits, then the work under way. Rejects with the defect, if there was one. */
  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    this.#stopping.abort();
    await this.background;
  }
}

/** All of them, or none. One server each: so no client chooses how it is known. */
async function openEntrances(
  { entrances, log, metrics, spans, callLimits: limits, socketLookMs }: RegdSettings,
  context: Context,
): Promise<{ servers: readonly RpcServer[]; targets: readonly string[] }> {
  const services = servicesOf(context);
  const objects = new Objects(context);
  const targets: string[] = [];
  const servers: RpcServer[] = [];
  try {
    for (const { addresses, authenticate, tls } of entrances) {
      const server = new RpcServer({
        services,
        guard: new Guard({ objects, authenticate, log, onCall: metrics?.calls.onCall, spans }),
        log,
        limits,
        ...(socketLookMs !== undefined && { lookMs: socketLookMs }),
        ...(tls && { tls }),
      });
      servers.push(server);
      targets.push(...(await server.listen(addresses)));
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
  return { servers, targets };
}

function servicesOf(context: Context): readonly MakeService[] {
  return [
    mainService(context),
    registryService(context),
    ephemeralRegistryService(context),
    reposService(context),
    ...storageServices(context),
    pingRegistryService(context),
    statService(context),
    ...broadcastServices(context),
    notHere,
    operatorService(context),
    healthService(context),
    ...reflectionServices,
  ];
}

function runInBackground(
  { journal, log, gcOlderThanMs, gcEveryMs, manager, ...settings }: RegdSettings,
  { engine, instance, clock }: Context,
  signal: AbortSignal,
): readonly Promise<void>[] {
  const pings = new PingLoop({ engine, clock, texts: regdPings, board: journal });
  const loop = together(clock, new RegdLoop({ engine }), pings);
  const runner = new Runner({ engine, loop, clock, random: Math.random, log });
  const who = { instance, daemon: 'regd', host: hostname() } as const;
  const presence = { ...who, pid: process.pid, version };
  const garbage = { engine, clock, log, olderThanMs: gcOlderThanMs, everyMs: gcEveryMs };
  const { failUnservedAfterMs: unservedMsMax, unservedLookMs: everyMs = UNSERVED_LOOK_MS } =
    settings;
  const isWell = (): Promise<boolean> => isHeard(journal, instance, clock.nowMs());
  const unserved = { engine, board: journal, clock, log, unservedMsMax, everyMs };
  return [
    runner.run(signal),
    keepPresent(presence, { board: journal, clock, log, signal }),
    ...(manager ? [manager.keepWatched({ isWell, clock }, signal)] : []),
    regularly(collectingGarbage(garbage), { clock, log }, signal),
    regularly(failingUnserved(unserved), { clock, log }, signal),
    regularly(droppingOldInquiries({ journal, clock }), { clock, log }, signal),
    regularly(forgettingGone({ board: journal, clock }), { clock, log }, signal),
  ];
}

/** Those who lost the same race do not all come back at the same moment. */
async function pause(attempt: number): Promise<void> {
  await setTimeout(Math.random() * Math.min(attempt, 10));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
