// The daemon as a process: flags, readiness, signals, exit codes.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { status } from '@grpc/grpc-js';
import { HealthService, MainService, RegistryService } from '@permafrost/proto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { failureOf, RpcClient } from './testing/rpc-client.ts';
import { SecureSite } from './testing/secure-site.ts';

const bin = fileURLToPath(new URL('../bin/permafrost-regd.js', import.meta.url));

let dir: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'permafrost-main-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

type Line = Readonly<{ msg: string; listen?: readonly string[] }>;

function regd(...args: readonly string[]): {
  child: ChildProcess;
  ended: Promise<number | null>;
  stderr: () => string;
  ready: Promise<Line>;
} {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  const ready = new Promise<Line>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      text += `${line}\n`;
      if (line.includes('"regd ready"')) resolve(JSON.parse(line) as Line);
    });
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, stderr: () => text, ready };
}

test('makes its state directory, serves on its socket, and ends well when it is told to', async () => {
  const state = join(dir, 'new', 'state');
  const { child, ended, ready } = regd('--state', state);
  const socket = join(state, 'regd.sock');
  expect((await ready).listen).toEqual([`unix:${socket}`]);
  expect((await stat(state)).mode & 0o777).toBe(0o700);
  expect((await stat(socket)).mode & 0o777).toBe(0o600);

  const client = new RpcClient(`unix:${socket}`);
  const watching = failureOf(client.all(RegistryService.events, { registry: 'a', watch: true }));
  await client.call(MainService.getRegistries, {});
  const second = regd('--state', state);
  expect(await second.ended).toBe(1);
  expect(second.stderr()).toContain('another regd answers');

  child.kill('SIGTERM');
  expect((await watching).text).toBe('shutdown');
  expect(await ended).toBe(0);
  client.close();
});

test('serves on several addresses', async () => {
  const { ready } = regd(
    ...['--state', dir, '--listen', '127.0.0.1:0', '--listen', `unix:${join(dir, 'x.sock')}`],
  );
  const targets = (await ready).listen ?? [];
  expect(targets).toHaveLength(2);
  for (const target of targets) {
    const client = new RpcClient(target);
    expect((await client.call(MainService.getRegistries, {})).main).toBe('main');
    client.close();
  }
});

test('lets one peer have as many waits and streams as the flag says, and then no more', async () => {
  const { ready } = regd('--state', dir, '--waits-per-peer', '2');
  const [target = ''] = (await ready).listen ?? [];
  const client = new RpcClient(target);
  const watch = () => client.stream(HealthService.watch, { service: '' });
  for (let i = 0; i < 2; i++) await watch().next();
  await expect(watch().next()).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  client.close();
});

test.for([
  ['--listen', '0.0.0.0:7550'],
  ['--require-token'],
  ['--jwt-ou', 'lab'],
  ['--tls-cert', 'regd.pem'],
  ['--tls-cert', 'regd.pem', '--jwt-ca', 'ca.pem'],
  ['--tls-key', 'regd.key'],
  ['--gc-older-than', 'soon'],
  ['--state', ''],
  ['--gc-older-than', '30'],
  ['--waits-per-peer', '0'],
  ['--waits-per-peer', '5001'],
  ['--log-level', 'loud'],
  ['--unknown'],
])('ends with 2 for wrong usage: %s', async (args) => {
  const { ended, stderr } = regd('--state', dir, ...args);
  expect(await ended).toBe(2);
  expect(stderr()).toMatch(/^error: /);
});

test('serves with TLS, reads certificates again at SIGHUP, and wants a token on the socket if told to', async () => {
  const site = await SecureSite.create();
  try {
    const [cert, ca] = [join(site.dir, 'regd.pem'), join(site.dir, 'ca.pem')];
    const trust = ['--tls-cert', cert, '--tls-client-ca', ca, '--jwt-ca', ca, '--require-token'];
    const socket = `unix:${join(dir, 'x.sock')}`;
    const { child, ready, ended, stderr } = regd(
      ...['--state', dir, '--listen', '127.0.0.1:0', '--listen', socket, ...trust],
    );
    const target = (await ready).listen?.find((text) => text !== socket) ?? '';
    child.kill('SIGHUP');
    const token = await site.token();
    const client = await site.client(target, { token });
    expect((await client.call(MainService.getRegistries, {})).main).toBe('main');
    client.close();
    const local = new RpcClient(socket);
    const refused = await failureOf(local.call(MainService.getRegistries, {}));
    expect(refused.code).toBe('TOKEN_MISSING');
    local.close();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(stderr()).toContain('certificates read again');
  } finally {
    await site.remove();
  }
});

test('takes certificates that systemd has loaded, and tells where one is named that it has not', async () => {
  const site = await SecureSite.create();
  vi.stubEnv('CREDENTIALS_DIRECTORY', site.dir);
  try {
    const file = join(dir, 'regd.toml');
    const args = ['--state', dir, '--config', file, '--check-config'];
    const ca = 'tls-client-ca = "credential:ca.pem"\njwt-ca = "credential:ca.pem"\n';
    await writeFile(file, `${ca}tls-cert = "credential:regd.pem"\n`);
    expect(await regd(...args).ended).toBe(0);
    await writeFile(file, `${ca}tls-cert = "credential:other.pem"\n`);
    const { ended, stderr } = regd(...args);
    expect(await ended).toBe(2);
    expect(stderr()).toBe(
      `${file}:3: tls-cert is unusable: cannot read ${join(site.dir, 'other.pem')} (ENOENT). Put LoadCredential=other.pem:/path/to/file into the unit, and restart it.\n`,
    );
  } finally {
    vi.unstubAllEnvs();
    await site.remove();
  }
});

test('ends with 2 for certificates that cannot be read, as for all settings that no new start mends', async () => {
  const { ended, stderr } = regd('--state', dir, '--jwt-ca', join(dir, 'ca.pem'));
  expect(await ended).toBe(2);
  expect(stderr()).toContain('TRUST_UNUSABLE');
  const asked = regd('--state', dir, '--jwt-ca', join(dir, 'ca.pem'), '--check-config');
  expect(await asked.ended).toBe(2);
  expect(asked.stderr()).toMatch(/^error: cannot read .*ca\.pem: ENOENT[^\n]*\n$/);
});

test('ends with 1 for a journal that is none, and tells it to people where they want it', async () => {
  await writeFile(join(dir, 'journal.db'), 'this is no database, however long one looks at it');
  const { ended, stderr } = regd('--state', dir, '--log-format', 'pretty');
  expect(await ended).toBe(1);
  expect(stderr()).toMatch(/^\[[\d:.]+\] ERROR \(regd\): .*\n {4}err: \{\n.*JOURNAL_UNUSABLE/s);
});
