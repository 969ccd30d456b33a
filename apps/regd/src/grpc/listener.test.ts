import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingLog } from '@permafrost/workflow-core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ListenAddressError, parseListenAddress, targetOf } from './listen-address.ts';
import { Listener } from './listener.ts';

let dir: string;
let path: string;
const log = new RecordingLog();
const open: Listener[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'permafrost-listener-'));
  path = join(dir, 'regd.sock');
});
afterEach(async () => {
  for (const listener of open.splice(0)) listener.close();
  await rm(dir, { recursive: true, force: true });
});

async function listen(): Promise<Listener> {
  const listener = await Listener.open({
    address: { kind: 'unix', path },
    onConnection: (socket) => socket.end('hello'),
    log,
    lookMs: 10,
  });
  open.push(listener);
  return listener;
}

async function greeting(): Promise<string> {
  const socket = connect(path);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

describe('a Unix socket', () => {
  test('is for its owner alone, and gone after the end', async () => {
    const listener = await listen();
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(listener.target).toBe(`unix:${path}`);
    expect(await greeting()).toBe('hello');
    listener.close();
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('of a dead process is replaced', async () => {
    const dead = createServer().listen(join(dir, 'other'));
    await once(dead, 'listening');
    // The name goes, and with it the chance that the end of the server removes the file.
    renameSync(join(dir, 'other'), path);
    dead.close();
    await listen();
    expect(await greeting()).toBe('hello');
  });

  test('of a live process is left alone', async () => {
    await listen();
    await expect(listen()).rejects.toThrow(/another regd answers/);
    expect(await greeting()).toBe('hello');
  });

  test('of a live process that takes no more connections is left alone', async () => {
    const hung = `
      const server = require('node:net').createServer();
      server.listen({ path: process.argv[1], backlog: 1 }, () => {
        process.stdout.write('listening');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`;
    const owner = spawn(process.execPath, ['-e', hung, path], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      await once(owner.stdout, 'data');
      // Linux lets one more wait than it was told.
      const waiting = [connect(path), connect(path)];
      for (const socket of waiting) socket.on('error', () => undefined);
      await Promise.all(waiting.map((socket) => once(socket, 'connect')));
      await expect(listen()).rejects.toThrow(/belongs to a process that does not answer/);
      expect(lstatSync(path).isSocket()).toBe(true);
    } finally {
      owner.kill('SIGKILL');
    }
  });

  test('is not put in the place of a file', async () => {
    writeFileSync(path, 'precious');
    await expect(listen()).rejects.toThrow(ListenAddressError);
    expect(lstatSync(path).size).toBe(8);
  });

  test('has as long a path as the kernel takes, and no longer', async () => {
    path = join(dir, 'x'.repeat(107 - Buffer.byteLength(dir) - 1));
    await listen();
    expect(await greeting()).toBe('hello');
    path += 'x';
    await expect(listen()).rejects.toThrow(/is 1 bytes longer than a socket can have/);
  });

  test('that somebody removes is made again', async () => {
    await listen();
    rmSync(path);
    await expect.poll(() => lstatSync(path, { throwIfNoEntry: false })).toBeDefined();
    expect(await greeting()).toBe('hello');
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
  });

  test('that cannot be made again is made once it can be', async () => {
    await listen();
    renameSync(dir, `${dir}.away`);
    await expect
      .poll(() => log.take('the socket is gone, and cannot be made again'))
      .not.toEqual([]);
    renameSync(`${dir}.away`, dir);
    rmSync(path);
    await expect.poll(() => lstatSync(path, { throwIfNoEntry: false })).toBeDefined();
    expect(await greeting()).toBe('hello');
  });
});

describe('an address', () => {
  test.for([
    ['unix:/run/regd.sock', 'unix:/run/regd.sock'],
    ['unix:///run/regd.sock', 'unix:/run/regd.sock'],
    ['unix:regd.sock', 'unix:regd.sock'],
    ['127.0.0.1:7550', '127.0.0.1:7550'],
    ['localhost:7550', '127.0.0.1:7550'],
    ['[::1]:0', '[::1]:0'],
  ] as const)('%s is taken', ([text, target]) => {
    expect(targetOf(parseListenAddress(text))).toBe(target);
  });

  test.for([
    ['files.example.org:7550', /names a host/],
    ['127.0.0.1:70000', /neither unix:FILE nor HOST:PORT/],
    ['127.0.0.1', /neither/],
    ['unix:', /needs the path/],
    ['', /neither/],
  ] as const)('%s is refused', ([text, words]) => {
    expect(() => parseListenAddress(text)).toThrow(words);
  });

  test('with port 0 tells the port that it has got', async () => {
    const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
    const listener = await Listener.open({
      address,
      onConnection: () => undefined,
      log,
    });
    open.push(listener);
    expect(listener.target).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  });
});
