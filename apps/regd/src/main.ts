// permafrost-regd: reads the flags, opens the journal, serves until it is told to stop.
import {
  daemonLog,
  durationMs,
  logLevels,
  nodeClock,
  shutdownSignal,
} from '@permafrost/daemon-kit';
import { Fault } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { makeStateDirectory, stateDirectory } from '@permafrost/events/state-directory';
import { Command, InvalidArgumentError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { entrancesFor, type Entrance } from './access/entrances.ts';
import { Trust, TrustError } from './access/trust.ts';
import {
  ListenAddressError,
  parseListenAddress,
  type ListenAddress,
} from './grpc/listen-address.ts';
import { serve } from './regd.ts';
import { addTrustFlags, trustFilesOf, type TrustFlags } from './trust-flags.ts';

type Flags = TrustFlags &
  Readonly<{
    state?: string;
    listen: readonly ListenAddress[];
    gcOlderThan: number;
    gcEvery: number;
    failUnservedAfter: number;
    logLevel: string;
  }>;

const DAY_MS = 86_400_000;

const program = new Command('permafrost-regd')
  .description('Serves the registries over gRPC, and moves workflows on.')
  .version(packageJson.version)
  .option('--state <dir>', 'the directory of the journal and of the socket')
  .option(
    '--listen <address>',
    'unix:FILE, or ADDRESS:PORT, beyond this machine with TLS only; may be repeated (default: regd.sock in the state directory)',
    address,
    [],
  )
  .addOption(
    new Option('--gc-older-than <duration>', 'delete workflows that ended so long ago')
      .argParser(duration)
      .default(30 * DAY_MS, '30d'),
  )
  .addOption(
    new Option('--gc-every <duration>', 'how often to look for them')
      .argParser(duration)
      .default(DAY_MS, '1d'),
  )
  .addOption(
    new Option(
      '--fail-unserved-after <duration>',
      'fail workflows that no stad has served for so long; 0s: never',
    )
      .argParser(duration)
      .default(7 * DAY_MS, '7d'),
  )
  .addOption(new Option('--log-level <level>', 'what to log').choices(logLevels).default('info'))
  .addHelpText(
    'after',
    `
The state directory is $PERMAFROST_STATE, else /var/lib/permafrost for root, else permafrost in
$XDG_STATE_HOME or ~/.local/state.

Examples:
  permafrost-regd
  permafrost-regd --state ./state --listen unix:./state/regd.sock --listen 127.0.0.1:7550
  permafrost-regd --listen 0.0.0.0:7550 --tls-cert regd.pem --tls-client-ca ca.pem --jwt-ca ca.pem

SIGHUP reads certificates again.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
addTrustFlags(program).parse();

const flags = program.opts<Flags>();
const log = daemonLog({ name: 'regd', level: flags.logLevel });
const signal = shutdownSignal();
try {
  const state = stateDirectory(flags.state);
  const entrances = await entrancesOf(flags, { kind: 'unix', path: state.socket });
  makeStateDirectory(state);
  const journal = await openSqliteJournal({ path: state.journal });
  const { gcOlderThan: gcOlderThanMs, gcEvery: gcEveryMs } = flags;
  const { failUnservedAfter: failUnservedAfterMs } = flags;
  try {
    const ages = { gcOlderThanMs, gcEveryMs, failUnservedAfterMs };
    await serve({ journal, entrances, ...ages, log }, signal);
  } finally {
    await journal.close();
  }
  log.info({}, 'regd stopped');
} catch (error) {
  // These name the cause and what to do; for anything else the stack is what is needed.
  const isExpected =
    error instanceof Fault || error instanceof ListenAddressError || error instanceof TrustError;
  log.error({ err: error }, isExpected ? error.message : 'regd failed');
  process.exitCode = 1;
}

/** Flags that do not go together are wrong usage. */
async function entrancesOf(flags: Flags, socket: ListenAddress): Promise<readonly Entrance[]> {
  const files = usable(() => trustFilesOf(flags));
  const trust = files && (await Trust.load(files, { clock: nodeClock, log }));
  process.on('SIGHUP', () => void trust?.reload());
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
    return program.error(`error: ${error.message}`);
  }
}

function address(text: string, previous: readonly ListenAddress[]): readonly ListenAddress[] {
  try {
    return [...previous, parseListenAddress(text)];
  } catch (error) {
    if (error instanceof ListenAddressError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function duration(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('not a duration such as 90s, 12h or 30d');
  return ms;
}
