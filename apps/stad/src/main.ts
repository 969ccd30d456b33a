// permafrost-stad: reads the flags, opens the journal, serves until it is told to stop.
import { daemonLog, durationMs, logLevels, shutdownSignal } from '@permafrost/daemon-kit';
import { Fault } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { makeStateDirectory, stateDirectory } from '@permafrost/events/state-directory';
import { Command, InvalidArgumentError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { driverNames, type DriverName } from './driver.ts';
import { serve } from './stad.ts';

type Flags = Readonly<{
  state?: string;
  host: string;
  driver: DriverName;
  root: readonly string[];
  jobs: number;
  retryFor: number;
  logLevel: string;
}>;

const program = new Command('permafrost-stad')
  .description(
    'Changes the attributes of files, and records their stat in shadow repos, on one host.',
  )
  .version(packageJson.version)
  .option('--state <dir>', 'the directory of the journal and of the shadow repos')
  .requiredOption(
    '--host <name>',
    'the file host to serve, as `permafrost init root --host` names it',
  )
  .addOption(
    new Option('--driver <name>', 'how the immutable attribute is set')
      .choices(driverNames)
      .default('chattr'),
  )
  .option(
    '--root <dir>',
    'touch only trees at or below this directory; may be repeated',
    collect,
    [],
  )
  .option('--jobs <count>', 'repos worked on at the same time', positive, 4)
  .option(
    '--retry-for <duration>',
    'how long faults that may pass are tried again',
    duration,
    600_000,
  )
  .addOption(new Option('--log-level <level>', 'what to log').choices(logLevels).default('info'))
  .addHelpText(
    'after',
    `
Needs root, or the capabilities CAP_LINUX_IMMUTABLE, CAP_FOWNER and CAP_DAC_READ_SEARCH.

Examples:
  permafrost-stad --host files1 --root /srv/data
  permafrost-stad --state ./state --host localhost --driver simulated`,
  )
  .parse();

const flags = program.opts<Flags>();
const log = daemonLog({ name: 'stad', level: flags.logLevel });
const signal = shutdownSignal();
try {
  const state = stateDirectory(flags.state);
  makeStateDirectory(state);
  const journal = await openSqliteJournal({ path: state.journal });
  const { root: roots, jobs: jobsMax, retryFor: retryForMs, host, driver } = flags;
  await serve({ journal, state, host, driver, roots, jobsMax, retryForMs, log }, signal);
  await journal.close();
  log.info({}, 'stad stopped');
} catch (error) {
  // A fault names its cause and what to do; for anything else the stack is what is needed.
  log.error({ err: error }, error instanceof Fault ? error.message : 'stad failed');
  process.exitCode = 1;
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('not a count above 0');
  return value;
}

function duration(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('not a duration such as 90s, 10min or 2h');
  return ms;
}
