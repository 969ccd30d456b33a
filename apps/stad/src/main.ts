// permafrost-stad: reads the flags, opens the journal, serves until it is told to stop.
import {
  daemonLog,
  exitCode,
  metricsServed,
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
import { settingsSource, type Flags } from './command-line.ts';
import type { StadMetrics } from './metrics/stad-metrics.ts';
import { serve } from './stad.ts';
import { version } from './version.ts';

const settings = settingsAtStart<Flags>(settingsSource);
const { flags } = settings;
if (flags.checkConfig) {
  process.stdout.write(settings.text);
  process.exit(0);
}
const log = await daemonLog({ name: 'stad', ...flags });
const manager = await ServiceManager.connect(log);
reloadOnHangup(settingsSource, settings, { log, manager });
const signal = shutdownSignal();
signal.addEventListener('abort', () => manager.stopping());
try {
  const state = stateDirectory(flags.state);
  makeStateDirectory(state);
  using metrics = await metricsServed(flags, loadMetrics, log);
  const opened = await openSqliteJournal({ path: state.journal });
  const { root: roots, jobs: jobsMax, retryFor: retryForMs, host, driver } = flags;
  const { traces } = opened;
  await using tracing = await tracingFor(flags, { daemon: 'stad', version, host, traces, log });
  const journal = watchedBy(opened, metrics, tracing);
  const limits = { jobsMax, retryForMs };
  try {
    const told = { log, metrics, spans: tracing?.workflows, manager };
    await serve({ journal, state, host, driver, roots, ...limits, ...told }, signal);
  } finally {
    await journal.close();
  }
  log.info({}, 'stad stopped');
} catch (error) {
  // A fault names its cause and what to do; for anything else the stack is what is needed.
  log.error({ err: error }, error instanceof Fault ? error.message : 'stad failed');
  process.exitCode = exitCode.failed;
}

async function loadMetrics(): Promise<StadMetrics> {
  const { StadMetrics } = await import('./metrics/stad-metrics.ts');
  return new StadMetrics();
}
