// permafrost-regd: reads the flags, opens the journal, serves until it is told to stop.
import {
  daemonLog,
  exitCode,
  metricsServed,
  nodeClock,
  reloadOnHangup,
  ServiceManager,
  settingsAtStart,
  shutdownSignal,
  tracingFor,
  watchedBy,
} from '@permafrost/daemon-kit';
import { Fault } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { makeStateDirectory, stateDirectory } from '@permafrost/events/state-directory';
import { InvalidArgumentError } from 'commander';
import { entrancesFor, type Entrance } from './access/entrances.ts';
import { Trust, TrustError } from './access/trust.ts';
import { settingsSource, type Flags } from './command-line.ts';
import { ListenAddressError, type ListenAddress } from './grpc/listen-address.ts';
import { callLimits } from './grpc/open-calls.ts';
import type { RegdMetrics } from './metrics/regd-metrics.ts';
import { serve } from './regd.ts';
import { trustFilesOf } from './trust-flags.ts';
import { version } from './version.ts';

const settings = settingsAtStart<Flags>(settingsSource);
const { flags } = settings;
const log = await daemonLog({ name: 'regd', ...flags });
const manager = await ServiceManager.connect(log);
const signal = shutdownSignal();
signal.addEventListener('abort', () => manager.stopping());
try {
  const state = stateDirectory(flags.state);
  const entrances = await entrancesOf(flags, { kind: 'unix', path: state.socket });
  if (flags.checkConfig) {
    process.stdout.write(settings.text);
    process.exit(0);
  }
  makeStateDirectory(state);
  using metrics = await metricsServed(flags, loadMetrics, log);
  const opened = await openSqliteJournal({ path: state.journal });
  const { traces } = opened;
  await using tracing = await tracingFor(flags, { daemon: 'regd', version, traces, log });
  const journal = watchedBy(opened, metrics, tracing);
  const { gcOlderThan: gcOlderThanMs, gcEvery: gcEveryMs } = flags;
  const { failUnservedAfter: failUnservedAfterMs } = flags;
  try {
    const ages = { gcOlderThanMs, gcEveryMs, failUnservedAfterMs };
    const limits = callLimits(flags.waitsPerPeer);
    const told = { log, metrics, spans: tracing?.calls, manager };
    await serve({ journal, entrances, ...ages, callLimits: limits, ...told }, signal);
  } finally {
    await journal.close();
  }
  log.info({}, 'regd stopped');
} catch (error) {
  // Whoever asks wants the answer, and not a line of the log.
  if (flags.checkConfig && error instanceof TrustError) settings.refuse(error.message);
  // These name the cause and what to do; for anything else the stack is what is needed.
  const isExpected =
    error instanceof Fault || error instanceof ListenAddressError || error instanceof TrustError;
  log.error({ err: error }, isExpected ? error.message : 'regd failed');
  process.exitCode = error instanceof TrustError ? exitCode.wrongUsage : exitCode.failed;
}

/** Flags that do not go together are wrong usage. */
async function entrancesOf(flags: Flags, socket: ListenAddress): Promise<readonly Entrance[]> {
  const files = usable(() => trustFilesOf(flags));
  const trust = files && (await Trust.load(files, { clock: nodeClock, log }));
  reloadOnHangup(settingsSource, settings, { log, manager, onReload: () => trust?.reload() });
  const listen = flags.listen.length === 0 ? [socket] : flags.listen;
  const isTokenRequired = flags.requireToken === true;
  const entrances = usable(() => entrancesFor({ listen, trust, isTokenRequired }));
  if (!isTokenRequired && !trust?.secureContext && listen.some(({ kind }) => kind === 'tcp')) {
    log.warn(
      {},
      'every user of this machine can use the port: it has neither TLS nor --require-token',
    );
  }
  return entrances;
}

function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ListenAddressError || error instanceof InvalidArgumentError))
      throw error;
    return settings.refuse(error.message);
  }
}

async function loadMetrics(): Promise<RegdMetrics> {
  const { RegdMetrics } = await import('./metrics/regd-metrics.ts');
  return new RegdMetrics();
}
