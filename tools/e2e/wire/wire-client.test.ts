// The client that was written from the wire specification alone plays what clients of the Go system
// do, against a real regd and a real stad, with TLS, a client certificate and a token.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { buildGoldenTree } from '@permafrost/stad/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUTHOR, HOST, Installation } from '../../harness/installation.ts';
import { writeTree } from '../../harness/tree.ts';
import { bytesOf, listOf, message, numberOf, parse, textOf, type Fields } from './protobuf.ts';
import { failure, newId, WireClient } from './wire-client.ts';

const NO_WAIT = 3;
const WAIT = 1;
const registry = 'exreg';
const author = { name: 'A U Thor', email: 'author@example.org' };

/** Where a kind of stream has its fields, in request and answer. */
type StreamNumbers = Readonly<Record<'after' | 'watch' | 'events' | 'willBlock', number>>;

/**
 * Reads a history whole, after an event, and with `watch`: one event a message, each with the one before
 * as its parent, and `will_block` when a watch has told all. Resolves to the events.
 */
async function expectStream(
  path: string,
  {
    request,
    numbers,
  }: { request: Readonly<Record<number, Buffer | string>>; numbers: StreamNumbers },
): Promise<readonly Fields[]> {
  const messages = await client.stream(path, message(request));
  const events = messages.map((fields) => {
    expect(fields.has(numbers.willBlock)).toBe(false);
    expect(fields.get(numbers.events)).toHaveLength(1);
    return listOf(fields, numbers.events)[0] as Fields;
  });
  const ids = events.map((event) => bytesOf(event, 2));
  expect(events.map((event) => bytesOf(event, 3))).toEqual([Buffer.alloc(16), ...ids.slice(0, -1)]);
  const later = { ...request, [numbers.after]: ids[0], [numbers.watch]: true };
  const watched = await client.stream(path, message(later), (it) => it.has(numbers.willBlock));
  const told = watched.flatMap((fields) => listOf(fields, numbers.events));
  expect(told.map((event) => bytesOf(event, 2))).toEqual(ids.slice(1));
  expect(watched.at(-1)?.has(numbers.events)).toBe(false);
  // What the request names is in each answer, also in those without an event.
  const keys = Object.keys(request).map(Number);
  for (const fields of watched) expect([...fields.keys()].slice(0, keys.length)).toEqual(keys);
  return events;
}

/** The numbers of the fields that the Go system knows; from 1000 on they are ours. */
function knownIn(fields: Fields = new Map()): readonly number[] {
  return [...fields.keys()].filter((number) => number < 1000);
}

let at: Installation;
let client: WireClient;
let stranger: WireClient;
let root: string;
let path: string;
const repo = newId();

beforeAll(async () => {
  at = await Installation.create('simulated');
  const dir = join(at.top, 'ca');
  const permafrost = async (...args: string[]): Promise<unknown> => at.cliOk('auth', ...args);
  await permafrost('init', dir);
  await permafrost('server', dir, 'regd', '--host', 'localhost');
  await permafrost('client', dir, 'ctl');
  const ca = join(dir, 'ca.pem');
  const cert = join(dir, 'regd.pem');
  const flags = ['--tls-cert', cert, '--tls-client-ca', ca, '--jwt-ca', ca];
  const listen = ['--listen', '127.0.0.1:0', '--listen', `unix:${join(at.state, 'regd.sock')}`];
  const regd = await at.start('regd', { args: [...listen, ...flags] });
  await at.start('stad');
  const targets = regd.lines.flatMap(({ listen: told }) => (told ?? []) as string[]);
  const target = targets.find((text) => !text.startsWith('unix:')) ?? '';
  const can = ['--can', 'read,init,freeze,unfreeze,stat,exec,admin'];
  const on = ['--path', '/*', '--name', '*', '--for', '1h'];
  const issued = await at.cliOk('auth', 'token', dir, '--subject', 'ctl', ...can, ...on);
  const pem = { ca: await readFile(ca), own: await readFile(join(dir, 'ctl.pem')) };
  const named = target.replace('127.0.0.1', 'localhost');
  client = new WireClient(named, pem, { token: issued.stdout.trim() });
  stranger = new WireClient(named, pem);
  root = at.data;
  path = join(root, 'foo');
  await writeTree(path, { 'a.dat': 'a', 'sub/b.dat': 'b' });
}, 60_000);
afterAll(async () => {
  client.close();
  stranger.close();
  await at[Symbol.asyncDispose]();
});

test('without a token, the error tells which scope to ask for', async () => {
  const { code, details, metadata } = await failure(
    stranger.call('Registry/GetRoots', message({ 1: registry })),
  );
  expect([code, details]).toEqual([status.UNAUTHENTICATED, 'missing GRPC authorization metadata']);
  const told = parse(metadata.get('grpc-status-details-bin')[0] as Buffer);
  const [detail] = listOf(told, 3);
  expect(textOf(detail ?? new Map(), 1)).toBe('type.googleapis.com/nogfso.AuthRequiredScope');
  const scope = parse(bytesOf(detail ?? new Map(), 2));
  expect([textOf(scope, 1), textOf(scope, 2)]).toEqual(['fso/read-registry', registry]);
});

test('sets up a registry, a root and a repo, and reads them', async () => {
  const vid = async (call: Promise<Fields>): Promise<void> => {
    expect(bytesOf(await call, 1)).toHaveLength(16);
  };
  await vid(client.call('Registry/InitRegistry', message({ 1: registry })));
  const enabled = await client.call('Registry/EnableEphemeralWorkflows', message({ 1: registry }));
  expect(bytesOf(enabled, 2).toString('hex')).toBe('583eef08a9a75314b743ac1966d240b3');
  const rootOf = (global: string): Buffer =>
    message({ 1: registry, 2: HOST, 3: global, 4: global });
  await vid(client.call('Registry/InitRoot', rootOf(root)));
  await vid(client.call('Registry/InitRoot', rootOf('/other')));
  await vid(client.call('Registry/RemoveRoot', message({ 1: registry, 3: '/other' })));
  const created = message({ 1: registry, 2: path, 3: author.name, 4: author.email, 6: repo });
  expect(bytesOf(await client.call('Registry/InitRepo', created), 1)).toEqual(repo);
  await client.stream(
    'Registry/Events',
    message({ 1: registry, 3: true }),
    // EV_FSO_REPO_ADDED
    (fields) => listOf(fields, 2).some((event) => numberOf(event, 1) === 24),
  );
  const info = await client.call('Registry/Info', message({ 1: registry }));
  expect([textOf(info, 1), numberOf(info, 3), numberOf(info, 4)]).toEqual([registry, 1, 1]);
  const main = await client.call('Main/GetRegistries');
  expect(listOf(main, 3).map((one) => [textOf(one, 1), numberOf(one, 2)])).toEqual([[registry, 1]]);
  const roots = await client.call('Registry/GetRoots', message({ 1: registry }));
  expect(listOf(roots, 3).map((one) => textOf(one, 1))).toEqual([root]);
  const one = await client.call('Registry/GetRoot', message({ 2: registry, 3: root }));
  expect(textOf(parse(bytesOf(one, 4)), 3)).toBe(HOST);
  const repos = await client.call('Registry/GetRepos', message({ 1: registry }));
  expect(listOf(repos, 3).map((it) => bytesOf(it, 3))).toEqual([repo]);
  const acl = await client.call('Registry/GetRepoAclPolicy', message({ 2: registry, 3: repo }));
  expect(numberOf(parse(bytesOf(acl, 4)), 2)).toBe(1);
  const online = await client.call('Repos/GetRepo', message({ 1: repo }));
  expect([textOf(online, 3), textOf(online, 4), numberOf(online, 14)]).toEqual([
    path,
    `${HOST}:${path}`,
    1,
  ]);
});

test.each([
  ['Freeze', 2],
  ['Unfreeze', 1],
])('%s: begin, wait, and the events', async (name, tier) => {
  const workflow = newId();
  const rpc = (verb: string): string => `${name}Repo/${verb}${name}Repo`;
  const begin = { 2: registry, 4: repo, 6: workflow, 7: author.name, 8: author.email };
  const vids = {
    3: bytesOf(await client.call('Registry/Info', message({ 1: registry })), 2),
    5: bytesOf(await client.call('Repos/GetRepo', message({ 1: repo })), 2),
  };
  // A field that is there and empty is not one that is absent.
  for (const [bad, code, text] of [
    [{ 3: Buffer.alloc(0) }, status.INVALID_ARGUMENT, 'malformed VID'],
    [{ 5: Buffer.alloc(16) }, status.FAILED_PRECONDITION, 'version conflict'],
  ] as const) {
    const refused = await failure(client.call(rpc('Begin'), message({ ...begin, ...bad })));
    expect([refused.code, refused.details]).toEqual([code, text]);
  }
  const begun = await client.call(rpc('Begin'), message({ ...begin, ...vids }));
  expect([bytesOf(begun, 2), bytesOf(begun, 3)]).toEqual([vids[3], vids[5]]);
  for (const number of [4, 5]) expect(bytesOf(begun, number)).toHaveLength(16);
  const ended = await client.call(rpc('Get'), message({ 2: workflow, 3: WAIT }));
  // Of a success neither code nor message is on the wire.
  expect([...ended.keys()]).toEqual([2, 3, 4]);
  const got = await client.call(rpc('Get'), message({ 2: workflow, 3: NO_WAIT }));
  expect(numberOf(got, 5)).toBe(0);
  expect([textOf(ended, 3), bytesOf(ended, 4), numberOf(ended, 5), textOf(ended, 6)]).toEqual([
    registry,
    repo,
    0,
    '',
  ]);
  const now = await client.call('Repos/GetRepo', message({ 1: repo }));
  expect(numberOf(now, 14)).toBe(tier);
  const events = await client.stream(
    'EphemeralRegistry/RegistryWorkflowEvents',
    message({ 1: registry, 2: workflow, 4: true }),
    // `will_block`, once the last event has been told.
    (fields) => numberOf(fields, 4) === 1,
  );
  const first = name === 'Freeze' ? 161 : 171;
  const types = events.flatMap((fields) => listOf(fields, 3).map((event) => numberOf(event, 1)));
  expect(types).toEqual([0, 1, 2, 3, 4].map((step) => first + step));
  for (const fields of events) expect(bytesOf(fields, 2)).toEqual(workflow);
  const [started, , files, completed] = events.map((fields) => listOf(fields, 3)[0]);
  expect(knownIn(started)).toEqual([1, 2, 3, 12, 25, 29, 31, 38, 81, 83]);
  expect([bytesOf(started ?? new Map(), 38), bytesOf(started ?? new Map(), 29)]).toEqual([
    vids[3],
    vids[5],
  ]);
  for (const event of [files, completed]) expect(knownIn(event)).toEqual([1, 2, 3]);
  await expectStream('EphemeralRegistry/RegistryWorkflowEvents', {
    request: { 1: registry, 2: workflow },
    numbers: { after: 3, watch: 4, events: 3, willBlock: 4 },
  });
});

test('Stat and StatStatus: what has changed is told, and recorded', async () => {
  const changed = async (): Promise<string[]> => {
    const messages = await client.stream('Stat/StatStatus', message({ 1: repo }));
    return messages.flatMap((fields) =>
      listOf(fields, 1).map((it) => `${numberOf(it, 2)} ${textOf(it, 1)}`),
    );
  };
  expect(await changed()).toEqual([]);
  await writeFile(join(path, 'a.dat'), 'longer');
  await writeFile(join(path, 'c.dat'), 'c');
  expect(await changed()).toEqual(expect.arrayContaining(['2 a.dat', '1 c.dat']));
  const stat = { 1: repo, 2: author.name, 3: author.email, 5: WAIT };
  await client.call('Stat/Stat', message(stat));
  expect(await changed()).toEqual([]);
});

test('ping-registry: begin, get with wait, commit', async () => {
  const workflow = newId();
  await client.call('PingRegistry/BeginPingRegistry', message({ 1: registry, 3: workflow }));
  const get = (jobControl: number): Promise<Fields> =>
    client.call('PingRegistry/GetRegistryPings', message({ 1: workflow, 2: jobControl }));
  expect(numberOf(parse(bytesOf(await get(NO_WAIT), 2)), 1)).toBe(101);
  const told = await get(WAIT);
  expect(listOf(told, 3).map((ping) => numberOf(ping, 1))).toEqual([0, 0, 0, 0, 0, 0]);
  const summary = parse(bytesOf(told, 2));
  expect([numberOf(summary, 1), textOf(summary, 2)]).toEqual([
    100,
    '{ totalCount: 6, errorCount: 0 }',
  ]);
  await client.call('PingRegistry/CommitPingRegistry', message({ 1: workflow }));
  expect(numberOf(parse(bytesOf(await get(WAIT), 2)), 1)).toBe(0);
  const events = await expectStream('EphemeralRegistry/RegistryWorkflowEvents', {
    request: { 1: registry, 2: workflow },
    numbers: { after: 3, watch: 4, events: 3, willBlock: 4 },
  });
  expect(events.map((event) => numberOf(event, 1))).toEqual([
    111,
    ...listOf(told, 3).map(() => 112),
    113,
    114,
    115,
  ]);
}, 40_000);

test('events of registry, repo, index and broadcast: a chain, from anywhere on', async () => {
  const numbers = { after: 2, watch: 3, events: 2, willBlock: 3 };
  const typesOf = async (path: string, key: Buffer | string): Promise<number[]> => {
    const events = await expectStream(path, { request: { 1: key }, numbers });
    const unknown = await failure(client.stream(path, message({ 1: key, 2: newId() })));
    expect([unknown.code, unknown.details]).toEqual([
      status.NOT_FOUND,
      expect.stringMatching(/journal error: db: finding start failed: not found$/),
    ]);
    const malformed = await failure(client.stream(path, message({ 1: key, 2: Buffer.alloc(0) })));
    expect([malformed.code, malformed.details]).toEqual([
      status.INVALID_ARGUMENT,
      'malformed after',
    ]);
    return events.map((event) => numberOf(event, 1));
  };
  const ofRegistry = await typesOf('Registry/Events', registry);
  expect(ofRegistry).toEqual([21, 91, 22, 22, 51, 23, 24, 161, 164, 171, 174]);
  expect(await typesOf('Repos/Events', repo)).toEqual([31, 32, 161, 164, 171, 174]);
  const index = 'EphemeralRegistry/RegistryWorkflowIndexEvents';
  expect(await typesOf(index, registry)).toEqual([161, 164, 171, 174, 111, 114]);
  const notices = await typesOf('Broadcast/Events', 'all');
  expect(new Set(notices)).toEqual(new Set([41, 42, 43]));
});

test('a signal and a notice come for what changes while one listens', async () => {
  const signals = client.stream('LiveBroadcast/AggregateSignals', Buffer.alloc(0), () => true);
  const now = client.stream(
    'Broadcast/Events',
    message({ 1: 'all', 3: true, 4: true }),
    (fields) => numberOf(fields, 3) !== 1,
  );
  const heard = new AbortController();
  void Promise.all([signals, now]).then(() => heard.abort());
  // Nobody is told when a listener is there: so the roots change until it has heard of it.
  for (let nth = 0; !heard.signal.aborted; nth++) {
    const added = message({ 1: registry, 2: HOST, 3: `/r${nth}`, 4: '/r' });
    await client.call('Registry/InitRoot', added);
  }
  const [signal] = listOf((await signals)[0] ?? new Map(), 1);
  expect(numberOf(signal ?? new Map(), 1)).toBe(2);
});

test('an error of a repo is cleared by its exact text', async () => {
  const stored = (number: number, text: string): Buffer => message({ 1: repo, [number]: text });
  await client.call('Repos/SetRepoError', stored(2, 'disk trouble'));
  const other = client.call('Repos/ClearRepoError', stored(2, 'disk'));
  expect((await failure(other)).code).toBe(status.FAILED_PRECONDITION);
  await client.call('Repos/ClearRepoError', stored(2, 'disk trouble'));
  expect(textOf(await client.call('Repos/GetRepo', message({ 1: repo })), 8)).toBe('');
});

test('what is not there says so, and what to do', async () => {
  const { code, details } = await failure(client.call('Registry/BeginMoveRepo'));
  expect([code, details]).toEqual([status.UNIMPLEMENTED, expect.stringContaining('move')]);
});

type RecordedCall = Readonly<{ name: string; request: string; responses: readonly string[] }>;

test('Stat and StatStatus of a tree that changes: the bytes that were recorded', async () => {
  const recorded = JSON.parse(
    await readFile(new URL('../../../proto/testdata/golden.json', import.meta.url), 'utf8'),
  ) as readonly RecordedCall[];
  const tree = join(root, 'recorded');
  const id = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
  const replay = async (rpc: 'Stat' | 'StatStatus', name: string): Promise<void> => {
    const call = recorded.find((one) => one.name === name);
    const request = Buffer.from(call?.request ?? '', 'hex');
    const got: string[] = [];
    for await (const bytes of client.bytes(`Stat/${rpc}`, request)) got.push(bytes.toString('hex'));
    expect(got, name).toEqual(call?.responses);
  };
  buildGoldenTree(tree, 'tree-0');
  await at.cliOk('init', 'repo', registry, tree, '--uuid', id, '--author', AUTHOR);
  await replay('StatStatus', 'StatStatus, clean');
  buildGoldenTree(tree, 'tree-1');
  await replay('StatStatus', 'StatStatus, changed');
  await replay('Stat', 'Stat JC_WAIT');
  await replay('StatStatus', 'StatStatus after Stat');
  buildGoldenTree(tree, 'tree-1b');
  await replay('StatStatus', 'StatStatus, deep mtime changed');
  await replay('Stat', 'Stat JC_WAIT, mtime range only');
  buildGoldenTree(tree, 'tree-2');
  await at.cliOk('freeze', tree, '--author', AUTHOR);
  await replay('StatStatus', 'StatStatus, frozen');
  await replay('Stat', 'Stat JC_WAIT, frozen (no commit)');
});
