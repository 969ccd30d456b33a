// Whoever may not freeze a repo is refused over TLS by a real regd: with the right code, with a line in
// its log, and with nothing in the journal. Certificates and tokens are made by `permafrost auth`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { openSqliteJournal, type SqliteJournal } from '@permafrost/events/sqlite';
import { stateDirectory } from '@permafrost/events/state-directory';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { DaemonProcess, LogLine } from '../harness/daemon-process.ts';
import { AUTHOR, Installation, runCli } from '../harness/installation.ts';
import { writeTree } from '../harness/tree.ts';
import { message } from './wire/protobuf.ts';
import { failure, idOf, newId, WireClient } from './wire/wire-client.ts';

const rpc = '/nogfso.FreezeRepo/BeginFreezeRepo';
const soon = { timeout: 10_000 };
const reason = 'paper is out';

let at: Installation;
let regd: DaemonProcess;
let journal: SqliteJournal;
let dir: string;
let target: string;
let path: string;
let repo: string;

/** A token of alice, for `--path` and `--host` as given, in a file. */
async function issue(name: string, ...flags: readonly string[]): Promise<void> {
  const grant = ['--subject', 'alice', '--can', 'read,freeze', '--name', '*'];
  await at.cliOk('auth', 'token', dir, ...grant, ...flags, '--out', join(dir, name));
}

beforeAll(async () => {
  at = await Installation.create('simulated');
  dir = join(at.top, 'authority');
  path = join(at.data, 'foo');
  await at.cliOk('auth', 'init', dir);
  await at.cliOk('auth', 'server', dir, 'regd', '--host', 'localhost');
  for (const who of ['alice', 'mallory']) await at.cliOk('auth', 'client', dir, who);
  const all = ['--path', `${at.data}/*`, '--for', '1h'];
  await issue('expired', '--path', `${at.data}/*`, '--for', '1s', '--host', 'alice');
  const expiredMs = Date.now() + 1_000;
  await issue('good', ...all, '--host', 'alice');
  await issue('other-repo', '--path', join(at.data, 'bar'), '--for', '1h', '--host', 'alice');
  await issue('other-san', ...all, '--host', 'ws.example.org');

  const [cert, ca] = [join(dir, 'regd.pem'), join(dir, 'ca.pem')];
  const tls = ['--tls-cert', cert, '--tls-client-ca', ca, '--jwt-ca', ca];
  const socket = `unix:${join(at.state, 'regd.sock')}`;
  const listen = ['--listen', socket, '--listen', 'localhost:0'];
  regd = await at.start('regd', { args: [...listen, ...tls] });
  await at.start('stad');
  await writeTree(path, { 'a.dat': 'a' });
  await at.cliOk('init', 'registry', 'demo');
  await at.cliOk('init', 'root', 'demo', at.data, '--host', 'localhost');
  await at.cliOk('init', 'repo', 'demo', path, '--author', AUTHOR);
  const { stdout } = await at.cliOk('--json', 'status', path);
  ({ id: repo } = JSON.parse(stdout) as { id: string });
  const targets = regd.lines.flatMap(({ listen: told }) => (told ?? []) as string[]);
  const port = targets.map((text) => /:(\d+)$/.exec(text)?.[1]).find((text) => text !== undefined);
  target = `localhost:${port ?? ''}`;
  journal = await openSqliteJournal({ path: stateDirectory(at.state).journal });
  await vi.waitUntil(() => Date.now() > expiredMs, soon);
}, 60_000);

afterAll(async () => {
  await journal.close();
  await at[Symbol.asyncDispose]();
});

type Way = Readonly<{
  /** The file of the certificate. */
  certificate: string | null;
  /** The file of the token. */
  token: string;
}>;

async function freezing({ certificate, token }: Way): Promise<unknown> {
  const own = certificate === null ? null : await readFile(join(dir, `${certificate}.pem`));
  const pem = { ca: await readFile(join(dir, 'ca.pem')), own };
  const text = (await readFile(join(dir, token), 'utf8')).trim();
  const client = new WireClient(target, pem, { token: text, reason });
  try {
    const who = { 7: 'A U Thor', 8: 'author@example.org' };
    const request = { 2: 'demo', 4: idOf(repo), 6: newId(), ...who };
    return await client.call('FreezeRepo/BeginFreezeRepo', message(request));
  } finally {
    client.close();
  }
}

function asAlice(token: string): readonly string[] {
  const tls = ['--tls-ca', join(dir, 'ca.pem'), '--tls-cert', join(dir, 'alice.pem')];
  return ['--server', target, ...tls, '--token', join(dir, token)];
}

/** What regd has logged since the line of that number. */
function loggedSince(count: number, msg: string): readonly LogLine[] {
  return regd.lines.slice(count).filter((line) => line.msg === msg);
}

type Expected = Way & Readonly<{ code: string }>;

const strangers: readonly (readonly [string, Expected])[] = [
  ['stolen token', { certificate: 'mallory', token: 'good', code: 'TOKEN_OF_OTHER_PEER' }],
  ['wrong `san`', { certificate: 'alice', token: 'other-san', code: 'TOKEN_OF_OTHER_PEER' }],
  ['expired token', { certificate: 'alice', token: 'expired', code: 'TOKEN_EXPIRED' }],
];

test.each(strangers)(
  'UNAUTHENTICATED, with a line in the log: %s',
  async (_, { code, certificate, token }) => {
    const [before, lines] = [await journal.end(), regd.lines.length];
    const { code: told, metadata } = await failure(freezing({ certificate, token }));
    expect([told, metadata.get('permafrost-code')]).toEqual([status.UNAUTHENTICATED, [code]]);
    await expect
      .poll(() => loggedSince(lines, 'call refused'), soon)
      .toMatchObject([
        { rpc, repo, subject: 'alice', certificate, reason, status: 'UNAUTHENTICATED', code },
      ]);
    expect(await journal.end()).toEqual(before);
  },
);

test('PERMISSION_DENIED, with a line in the log: token of another repo', async () => {
  const [before, lines] = [await journal.end(), regd.lines.length];
  const way = { certificate: 'alice', token: 'other-repo' };
  const { code, metadata } = await failure(freezing(way));
  const missing = `fso/freeze-repo path=${path}`;
  expect([code, metadata.get('permafrost-remedy')]).toEqual([
    status.PERMISSION_DENIED,
    [`Get a token with the scope ${missing}.`],
  ]);
  const refused = { status: 'PERMISSION_DENIED', code: 'SCOPE_MISSING', scopes: [missing] };
  await expect
    .poll(() => loggedSince(lines, 'call refused'), soon)
    .toMatchObject([{ rpc, repo, subject: 'alice', certificate: 'alice', reason, ...refused }]);
  expect(await journal.end()).toEqual(before);
});

test('UNAVAILABLE, with a line in the log: no client certificate', async () => {
  const [before, lines] = [await journal.end(), regd.lines.length];
  const { code } = await failure(freezing({ certificate: null, token: 'good' }));
  expect(code).toBe(status.UNAVAILABLE);
  await expect
    .poll(() => loggedSince(lines, 'TLS refused')[0], soon)
    .toMatchObject({ reason: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' });
  expect(loggedSince(lines, 'call')).toEqual([]);
  expect(await journal.end()).toEqual(before);
});

test('a watch ends with its token, and says so', async () => {
  await issue('short', '--path', '/*', '--for', '3s');
  const watch = ['events', 'registry', 'demo', '--watch'];
  const { exitCode, stdout, stderr } = await runCli([...asAlice('short'), ...watch]);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('the token expired while')]);
  expect(stderr).toContain('Get a new token');
  expect(stdout).not.toBe('');
});

test('and whom the token is for freezes the repo', async () => {
  const [before, lines] = [await journal.end(), regd.lines.length];
  const freeze = ['freeze', path, '--author', AUTHOR, '--reason', reason];
  const frozen = await runCli([...asAlice('good'), ...freeze]);
  expect(frozen).toMatchObject({ exitCode: 0 });
  await expect
    .poll(() => loggedSince(lines, 'call'), soon)
    .toMatchObject([
      { rpc, repo, subject: 'alice', certificate: 'alice', reason, status: 'OK', code: null },
    ]);
  expect(await journal.end()).toBeGreaterThan(before);
});
