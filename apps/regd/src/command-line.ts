// The command line of permafrost-regd: its flags and its help.
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
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  ListenAddressError,
  parseListenAddress,
  type ListenAddress,
} from './grpc/listen-address.ts';
import { LASTING_OF_PEER } from './grpc/open-calls.ts';
import { addTrustFlags, type TrustFlags } from './trust-flags.ts';
import { version } from './version.ts';

export type Flags = TrustFlags &
  MetricsFlags &
  LogFlags &
  OtlpFlags &
  Readonly<{
    state?: string;
    listen: readonly ListenAddress[];
    gcOlderThan: number;
    gcEvery: number;
    failUnservedAfter: number;
    waitsPerPeer: number;
    checkConfig?: true;
  }>;

const defaultFile = '/etc/permafrost/regd.toml';

export const settingsSource: SettingsSource = { commandLine, defaultFile };

const DAY_MS = 86_400_000;

/** The flags of the program, which ends the process with code 2 when they are used wrongly. */
export function commandLine(): Command {
  const program = new Command('permafrost-regd')
    .description('Serves the registries over gRPC, and moves workflows on.')
    .version(version)
    .option('--state <dir>', 'the directory of the journal and of the socket', nonEmpty)
    .addOption(
      new Option(
        '--listen <address>',
        'unix:FILE, or ADDRESS:PORT, beyond this machine with TLS only; may be repeated',
      )
        .argParser(address)
        .default([], 'regd.sock in the state directory'),
    )
    .addOption(
      new Option('--gc-older-than <duration>', 'delete workflows that ended so long ago')
        .argParser(durationArgument)
        .default(30 * DAY_MS, '30d'),
    )
    .addOption(
      new Option('--gc-every <duration>', 'how often to look for them')
        .argParser(durationArgument)
        .default(DAY_MS, '1d'),
    )
    .addOption(
      new Option(
        '--fail-unserved-after <duration>',
        'fail workflows that no stad has served for so long; 0s: never',
      )
        .argParser(durationArgument)
        .default(7 * DAY_MS, '7d'),
    )
    .option(
      '--waits-per-peer <count>',
      'calls that wait or watch from one user or machine; behind a proxy all are one',
      countUpTo(LASTING_OF_PEER.max),
      LASTING_OF_PEER.usual,
    )
    .addOption(metricsOption())
    .addOption(otlpOption())
    .addHelpText(
      'after',
      `
The state directory is $PERMAFROST_STATE, else /var/lib/permafrost for root, else permafrost in
$XDG_STATE_HOME or ~/.local/state.

Examples:
  permafrost-regd
  permafrost-regd --state ./state --listen unix:./state/regd.sock --listen 127.0.0.1:7550
  permafrost-regd --listen 0.0.0.0:7550 --tls-cert regd.pem --tls-client-ca ca.pem --jwt-ca ca.pem

A file of certificates or keys may also be credential:NAME, as systemd has loaded it for the unit.

SIGHUP reads certificates and the file of settings again.

Exit codes: 0 stopped as it was told to, 1 failed, 2 wrong usage or settings.`,
    )
    .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : exitCode.wrongUsage));
  return addSettingsFlags(addLogFlags(addTrustFlags(program)), defaultFile);
}

function address(text: string, previous: readonly ListenAddress[]): readonly ListenAddress[] {
  try {
    return [...previous, parseListenAddress(text)];
  } catch (error) {
    if (error instanceof ListenAddressError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
