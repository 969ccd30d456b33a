// The command line of permafrost-stad: its flags and its help.
import {
  addLogFlags,
  addSettingsFlags,
  countUpTo,
  durationArgument,
  exitCode,
  metricsOption,
  type LogFlags,
  nonEmpty,
  otlpOption,
  type MetricsFlags,
  type OtlpFlags,
  type SettingsSource,
} from '@permafrost/daemon-kit';
import { Command, Option } from 'commander';
import { driverNames, type DriverName } from './driver.ts';
import { version } from './version.ts';

export type Flags = MetricsFlags &
  LogFlags &
  OtlpFlags &
  Readonly<{
    state?: string;
    host: string;
    driver: DriverName;
    root: readonly string[];
    jobs: number;
    retryFor: number;
    checkConfig?: true;
  }>;

const defaultFile = '/etc/permafrost/stad.toml';

export const settingsSource: SettingsSource = { commandLine, defaultFile };

/** The flags of the program. */
export function commandLine(): Command {
  const program = new Command('permafrost-stad')
    .description(
      'Changes the attributes of files, and records their stat in shadow repos, on one host.',
    )
    .version(version)
    .option('--state <dir>', 'the directory of the journal and of the shadow repos', nonEmpty)
    .requiredOption(
      '--host <name>',
      'the file host to serve, as `permafrost init root --host` names it',
      nonEmpty,
    )
    .addOption(
      new Option('--driver <name>', 'how the immutable attribute is set')
        .choices(driverNames)
        .default('chattr'),
    )
    .addOption(
      new Option('--root <dir>', 'touch only trees at or below this directory; may be repeated')
        .argParser(collect)
        .default([], 'all'),
    )
    .option('--jobs <count>', 'repos worked on at the same time', countUpTo(), 4)
    .addOption(
      new Option('--retry-for <duration>', 'how long faults that may pass are tried again')
        .argParser(durationArgument)
        .default(600_000, '10m'),
    )
    .addOption(metricsOption())
    .addOption(otlpOption())
    .addHelpText(
      'after',
      `
Needs root, or the capabilities CAP_LINUX_IMMUTABLE, CAP_FOWNER and CAP_DAC_READ_SEARCH.

Examples:
  permafrost-stad --host files1 --root /srv/data
  permafrost-stad --state ./state --host localhost --driver simulated

SIGHUP reads the file of settings again.

Exit codes: 0 stopped as it was told to, 1 failed, 2 wrong usage or settings.`,
    )
    .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : exitCode.wrongUsage));
  return addSettingsFlags(addLogFlags(program), defaultFile);
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, nonEmpty(value)];
}
