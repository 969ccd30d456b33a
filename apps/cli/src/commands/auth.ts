// `auth`: the authority of a small site, which makes certificates and tokens. It works on files, and
// asks no regd.
import type * as Access from '@permafrost/access';
import { Option, type Command } from 'commander';
import { durationArgument } from '@permafrost/daemon-kit/duration';
import { nonEmptyArgument } from '../arguments.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { isOfSystem } from '../system-error.ts';
import { examples, type Bind } from './bind.ts';

const clock = { nowMs: (): number => Date.now() };
const YEAR_MS = 365 * 86_400_000;

export function addAuth(program: Command, bind: Bind): void {
  const auth = program
    .command('auth')
    .description(
      'make certificates and tokens for regd with TLS; whoever can read DIR can be anybody',
    )
    .addHelpText(
      'after',
      examples('auth init DIR', 'auth server DIR files1.example.org', 'auth client DIR ann'),
    );
  addInit(auth, bind);
  addCertificate(auth, bind, 'server');
  addCertificate(auth, bind, 'client');
  addToken(auth, bind);
}

function addInit(auth: Command, bind: Bind): void {
  auth
    .command('init')
    .description('create an authority in a new directory')
    .argument('<dir>', 'where to keep it', nonEmptyArgument)
    .option('--name <name>', 'what to call it in certificates', nonEmptyArgument, 'Permafrost')
    .addHelpText('after', examples('auth init /root/permafrost-authority'))
    .action(bind(init));
}

async function init({ out }: Session, dir: string, { name }: { name: string }): Promise<void> {
  await withAccess(({ createAuthority }) => createAuthority(dir, { name, clock }));
  out.result({ dir }, () => `created an authority in ${dir}; ${dir}/ca.pem is what others trust`);
}

type CertificateOptions = Readonly<{ host: readonly string[]; for: number }>;

const descriptions = {
  server: 'issue a certificate for regd, with its key, in DIR/NAME.pem',
  client: 'issue a certificate for a client, with its key, in DIR/NAME.pem',
} as const;

function addCertificate(auth: Command, bind: Bind, purpose: 'server' | 'client'): void {
  const issue = async (
    { out }: Session,
    dir: string,
    name: string,
    { host, for: lifetimeMs }: CertificateOptions,
  ): Promise<void> => {
    const hosts = host.length > 0 ? host : [name];
    const order = { name, hosts, lifetimeMs };
    const file = await withAccess(async ({ openAuthority }) => {
      const authority = await openAuthority(dir, { clock });
      return purpose === 'server' ? authority.issueServer(order) : authority.issueClient(order);
    });
    out.result({ file, hosts }, () => `wrote ${file}, for ${hosts.join(', ')}`);
  };
  auth
    .command(purpose)
    .description(descriptions[purpose])
    .argument('<dir>', 'the directory of the authority', nonEmptyArgument)
    .argument('<name>', 'of the file, and of whom it is for', nonEmptyArgument)

    .addOption(
      new Option('--host <host>', 'its name or address; may be repeated')
        .argParser(collect)
        .default([], 'NAME'),
    )

    .addOption(
      new Option('--for <duration>', 'how long it is good')
        .argParser(durationArgument)
        .default(YEAR_MS, '365d'),
    )
    .addHelpText('after', examples(`auth ${purpose} DIR files1.example.org`))
    .action(bind(issue));
}

type TokenOptions = Readonly<{
  subject: string;
  can: string;
  path?: readonly string[];
  name?: readonly string[];
  host?: readonly string[];
  for: number;
  out?: string;
}>;

function addToken(auth: Command, bind: Bind): void {
  auth
    .command('token')
    .description('issue a token, and print it')
    .argument('<dir>', 'the directory of the authority', nonEmptyArgument)
    .requiredOption('--subject <who>', 'whom the log shall name', nonEmptyArgument)
    .requiredOption(
      '--can <rights>',
      'some of read, init, freeze, unfreeze, stat, exec, admin, break-glass',
    )
    .option('--path <path>', 'on which repos and roots; may be repeated, and end in *', collect)
    .option('--name <name>', 'on which registries; may be repeated, and end in *', collect)
    .option('--host <host>', 'only with a client certificate for it; may be repeated', collect)
    .requiredOption('--for <duration>', 'how long it is good, such as 12h', durationArgument)
    .option('--out <file>', 'write it to a file for its owner only', nonEmptyArgument)
    .addHelpText(
      'after',
      examples(
        "auth token DIR --subject ann --can read --path '/*' --for 30d",
        "auth token DIR --subject bo --can freeze --path '/lab/*' --for 1d",
      ),
    )
    .action(bind(token));
}

async function token({ out }: Session, dir: string, options: TokenOptions): Promise<void> {
  const { subject, can, path: paths = [], name: names = [], host: hosts = [] } = options;
  const { for: lifetimeMs, out: file } = options;
  const issued = await withAccess(async ({ openAuthority, parseRights, writeSecret }) => {
    const grants = [{ can: parseRights(can), paths, names }];
    const authority = await openAuthority(dir, { clock });
    const text = await authority.issueToken({ subject, grants, lifetimeMs, hosts });
    if (file !== undefined) await writeSecret(file, `${text}\n`);
    return text;
  });
  if (file === undefined) out.result({ token: issued }, () => issued);
  else out.result({ file }, () => `wrote ${file}`);
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, nonEmptyArgument(value)];
}

const exitCodes: Readonly<Record<string, ExitCode>> = {
  GRANT_MALFORMED: exitCode.wrongUsage,
  AUTHORITY_REQUEST_MALFORMED: exitCode.wrongUsage,
};

const hints: Readonly<Record<string, string>> = {
  AUTHORITY_EXISTS: 'Choose another directory, or use the authority that is there.',
  AUTHORITY_UNREADABLE: 'Create it with `permafrost auth init DIR`, or act as its owner.',
  AUTHORITY_ENDS_EARLIER: 'Give a shorter --for, or create a new authority.',
};

async function withAccess<T>(work: (access: typeof Access) => Promise<T>): Promise<T> {
  // Loaded by these commands only: it costs a fifth of a second.
  const access = await import('@permafrost/access');
  try {
    return await work(access);
  } catch (error) {
    const isExpected = error instanceof access.GrantError || error instanceof access.AuthorityError;
    if (isExpected) throw failureOf(error);
    throw isOfSystem(error) ? failureOf(error) : error;
  }
}

function failureOf(error: Error & { code: string }): Failure {
  const { message, code } = error;
  const hint = hints[code];
  return new Failure(message, {
    exitCode: exitCodes[code] ?? exitCode.failed,
    code,
    hints: hint === undefined ? [] : [hint],
    cause: error,
  });
}
