// stad, put together: the tree and the shadow repos of one host, moved by the journal.
import { hostname } from 'node:os';
import {
  Engine,
  randomUuid,
  ulidSource,
  type Inquiries,
  type Journal,
  type Noticeboard,
  type StateStore,
} from '@permafrost/events';
import type { StateDirectory } from '@permafrost/events/state-directory';
import { nodeClock, type ServiceManager } from '@permafrost/daemon-kit';
import type { WorkflowSpans } from '@permafrost/daemon-kit/tracing';
import {
  answerInquiries,
  keepPresent,
  PingLoop,
  Runner,
  StadLoop,
  stadPings,
  together,
  type Log,
  type Responder,
} from '@permafrost/workflow-core';
import { checkResponder } from './check/responder.ts';
import { openDriver, type DriverName } from './driver.ts';
import { endingTogether } from './ending-together.ts';
import { examinationResponder } from './examination/responder.ts';
import { hostRootAround } from './host-root.ts';
import { HostRepoLock } from './lock/host-repo-lock.ts';
import { planResponder } from './plan/responder.ts';
import type { StadMetrics } from './metrics/stad-metrics.ts';
import { serveOnly } from './served-roots.ts';
import { GitShadowRepo } from './shadow/git-shadow-repo.ts';
import { failureFileOf } from './shadow/layout.ts';
import { statResponders } from './stat/responders.ts';
import { tracedLoop, tracedShadow, tracedTree } from './traced-work.ts';
import { FlaggedTree } from './tree/immutable-tree.ts';
import { version } from './version.ts';

export interface StadSettings {
  journal: Journal & Noticeboard & StateStore & { readonly inquiries: Inquiries };
  state: StateDirectory;
  /** The file host whose repos are served, as roots name it. */
  host: string;
  driver: DriverName;
  /** Only trees at or below one of these are touched. None given: any tree of a registered root. */
  roots: readonly string[];
  /** How many repos are worked on at the same time. */
  jobsMax: number;
  /** For how long faults that may pass are tried again. */
  retryForMs: number;
  log: Log;
  /** Told of the work on files, if it is measured. */
  metrics?: StadMetrics | undefined;
  /** Makes the spans of the work on files, if it is traced. */
  spans?: WorkflowSpans | undefined;
  /** Told when all is up, and that it goes on. */
  manager?: ServiceManager;
}

/** Serves until the signal is aborted, and then until the work under way has ended. */
export async function serve(settings: StadSettings, signal: AbortSignal): Promise<void> {
  const { journal, state, host, roots, log, metrics, spans, manager } = settings;
  const instance = randomUuid();
  const engine = new Engine({ journal, nextId: ulidSource(), states: journal });
  const shadow = new GitShadowRepo({ shadowRoot: state.shadows });
  const repoLock = new HostRepoLock(state.locks);
  const lock = metrics?.lock(repoLock) ?? repoLock;
  const hostRootOf = (path: string): Promise<string | undefined> =>
    hostRootAround(engine, { host, path });
  const tree = new FlaggedTree(await openDriver(settings), {
    roots,
    hostRootOf,
    failureFileOf: (path) => failureFileOf(state.shadows, path),
  });
  metrics?.serving(roots);
  const measuredTree = metrics?.tree(tree) ?? tree;
  const measuredShadow = metrics?.shadow(shadow) ?? shadow;
  const files = new StadLoop({
    ...settings,
    instance,
    engine,
    board: journal,
    tree: spans ? tracedTree(measuredTree, spans) : measuredTree,
    shadow: serveOnly(
      { roots, hostRootOf },
      spans ? tracedShadow(measuredShadow, spans) : measuredShadow,
    ),
    lock,
    clock: nodeClock,
  });
  const pings = new PingLoop({ engine, clock: nodeClock, texts: stadPings(host) });
  const loop = together(nodeClock, spans ? tracedLoop(files, spans) : files, pings);
  const runner = new Runner({ engine, loop, clock: nodeClock, random: Math.random, log });
  const who = { instance, daemon: 'stad', host, pid: process.pid } as const;
  const present = { ...who, version };
  log.info({ host, machine: hostname(), driver: settings.driver, roots }, 'stad ready');
  manager?.ready(`serves host ${host} by ${settings.driver}`);
  // One for each kind of question that regd may ask.
  const world = { engine, host, tree, shadow, lock };
  const responders: readonly Responder[] = [
    ...statResponders(world),
    checkResponder({ ...world, log, measured: metrics?.checks }),
    planResponder(world),
    examinationResponder({ tree, shadow, shadowRoot: state.shadows, clock: nodeClock }),
  ];
  const answering = { journal, host, instance, responders, clock: nodeClock, log };
  const board = journal;
  const ended = new AbortController();
  // It does not ask for the journal, as regd's does: to end a long walk would not mend a full disk.
  const watched = manager?.keepWatched({ clock: nodeClock }, ended.signal);
  try {
    await endingTogether(signal, [
      (stop) => runner.run(stop),
      (stop) => answerInquiries(answering, stop),
      (stop) => keepPresent(present, { board, clock: nodeClock, log, signal: stop }),
    ]);
  } finally {
    ended.abort();
    await watched;
  }
}
