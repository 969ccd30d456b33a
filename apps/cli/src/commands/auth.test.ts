// The authority of a small site, and what it makes in use: a regd of canned answers with TLS.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { MainService } from '@permafrost/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCode } from '../exit-code.ts';
import { FakeRegd } from '../testing/fake-regd.ts';
import { jsonLines, runCli, type CliResult } from '../testing/run-cli.ts';

let parent: string;
let dir: string;

async function auth(...args: readonly string[]): Promise<CliResult> {
  return runCli(['--json', 'auth', ...args]);
}

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'permafrost-auth-'));
  dir = join(parent, 'authority');
  expect((await auth('init', dir)).exitCode).toBe(exitCode.done);
});

afterAll(async () => {
  await rm(parent, { recursive: true, force: true });
});

describe('what the authority makes', () => {
  it('lets the program talk to a regd with TLS', async () => {
    const token = join(parent, 'token');
    const grant = ['--subject', 'alice', '--can', 'read', '--name', 'main', '--for', '1h'];
    await auth('server', dir, 'localhost');
    await auth('client', dir, 'alice');
    expect((await auth('token', dir, ...grant, '--out', token)).exitCode).toBe(exitCode.done);
    expect((await stat(token)).mode & 0o777).toBe(0o600);

    await using regd = await FakeRegd.create();
    regd.on(MainService.getRegistries, () => ({
      main: 'main',
      vid: Buffer.alloc(16),
      registries: [],
    }));
    const port = await regd.startWithTls(await serverCredentials());
    const server = ['--server', `localhost:${port}`];
    const tls = ['--tls-ca', join(dir, 'ca.pem'), '--tls-cert', join(dir, 'alice.pem')];
    const heard = await runCli([...server, ...tls, '--token', token, 'registries']);
    expect(heard).toMatchObject({ exitCode: exitCode.done, stderr: '' });
    expect(regd.tokens).toEqual([(await readFile(token, 'utf8')).trim()]);

    const other = join(parent, 'other');
    await auth('init', other);
    const misled = ['--tls-ca', join(other, 'ca.pem'), '--tls-cert', join(dir, 'alice.pem')];
    const refused = await runCli([...server, ...misled, '--token', token, 'registries']);
    expect(refused.exitCode).toBe(exitCode.unreachable);
    expect(regd.tokens).toHaveLength(1);
  });

  it('is printed, if it is a token and there is no other place for it', async () => {
    const { stdout } = await auth(
      ...[
        'token',
        dir,
        '--subject',
        'bob',
        '--can',
        'read,freeze',
        '--path',
        '/lab/*',
        '--for',
        '1h',
      ],
    );
    const [{ token }] = jsonLines(stdout) as [{ token: string }];
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(payload)).toMatchObject({ sub: 'bob', sc: [{ p: ['/lab/*'] }] });
  });
});

it.each([
  [['init', '.'], 'AUTHORITY_EXISTS', exitCode.failed],
  [['client', 'nowhere', 'alice'], 'AUTHORITY_UNREADABLE', exitCode.failed],
  [['client', '.', 'a/b'], 'AUTHORITY_REQUEST_MALFORMED', exitCode.wrongUsage],
  [['client', '.', 'alice', '--for', '20y'], 'AUTHORITY_ENDS_EARLIER', exitCode.failed],
  [
    ['token', '.', '--subject', 'a', '--can', 'fly', '--path', '/', '--for', '1h'],
    'GRANT_MALFORMED',
    exitCode.wrongUsage,
  ],
])('auth %j ends with %s', async (args, code, exit) => {
  const {
    exitCode: ended,
    stdout,
    stderr,
  } = await runCli(['--json', 'auth', ...args], { cwd: dir });
  expect(ended).toBe(exit);
  expect(JSON.parse(stdout)).toHaveProperty('error.code', code);
  expect(stderr).not.toContain('defect');
});

async function serverCredentials(): Promise<ServerCredentials> {
  const own = await readFile(join(dir, 'localhost.pem'));
  const pair = { cert_chain: own, private_key: own };
  return ServerCredentials.createSsl(await readFile(join(dir, 'ca.pem')), [pair], true);
}
