import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, openAuthority } from './authority-directory.ts';
import { AuthorityError } from './authority-error.ts';
import type { Authority } from './authority.ts';
import { dnsNamesOf, readCaPool } from './certificate.ts';
import { GrantError } from './grant.ts';
import { isGranted } from './scope.ts';
import { signingKey } from './signing-certificate.ts';
import { tokenVerifier } from './token-verifier.ts';

// Not the stopped clock of other tests: TLS goes by that of the machine.
const clock = { nowMs: (): number => Date.now() };
const HOUR_MS = 3_600_000;

let parent: string;
let dir: string;
let authority: Authority;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'permafrost-access-'));
  dir = join(parent, 'deep', 'authority');
  authority = await createAuthority(dir, { name: 'Test site', clock });
});

afterAll(async () => {
  await rm(parent, { recursive: true, force: true });
});

const order = { name: 'regd', hosts: ['localhost', '127.0.0.1'], lifetimeMs: HOUR_MS };

describe('the directory', () => {
  it('holds the authority and what it issued, for its owner only', async () => {
    await authority.issueServer(order);
    await authority.issueServer({ ...order, hosts: ['other'] });
    expect((await readdir(dir)).toSorted()).toEqual(['ca.key', 'ca.pem', 'jwt.pem', 'regd.pem']);
    for (const file of await readdir(dir)) expect(await modeOf(join(dir, file))).toBe(0o600);
    expect(await modeOf(dir)).toBe(0o700);
    const { subjectAltName } = new X509Certificate(await readFile(join(dir, 'regd.pem')));
    expect(subjectAltName).toBe('DNS:other');
  });

  it('is never made twice, and no attempt leaves anything behind', async () => {
    await expect(createAuthority(dir, { name: 'Other', clock })).rejects.toMatchObject({
      code: 'AUTHORITY_EXISTS',
    });
    expect(new X509Certificate(authority.caPem).subject).toBe('CN=Test site');
    expect(await readdir(join(dir, '..'))).toEqual([basename(dir)]);
  });

  it('may be there if it is empty, and not if it is a file', async () => {
    const empty = join(parent, 'empty');
    await mkdir(empty);
    await expect(createAuthority(empty, { name: 'Other', clock })).resolves.toBeDefined();
    const file = join(parent, 'file');
    await writeFile(file, 'precious');
    await expect(createAuthority(file, { name: 'Other', clock })).rejects.toThrow(AuthorityError);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  it('is told when it cannot be read', async () => {
    await expect(openAuthority(join(parent, 'none'), { clock })).rejects.toMatchObject({
      code: 'AUTHORITY_UNREADABLE',
    });
  });
});

describe('a token', () => {
  const tokenOrder = {
    subject: 'alice',
    grants: [{ can: ['freeze' as const], paths: ['/data/*'] }],
    lifetimeMs: HOUR_MS,
    hosts: ['ws.example.org'],
  };

  it('is taken by the verifier, also from an authority that was opened again', async () => {
    const verify = tokenVerifier({ caPem: authority.caPem, clock });
    const token = await (await openAuthority(dir, { clock })).issueToken(tokenOrder);
    const { subject, scopes } = await verify({ token, peerDnsNames: ['ws.example.org'] });
    expect(subject).toBe('alice');
    expect(isGranted(scopes, { action: 'fso/freeze-repo', path: '/data/foo' })).toBe(true);
    expect(isGranted(scopes, { action: 'fso/unfreeze-repo', path: '/data/foo' })).toBe(false);
    await expect(verify({ token, peerDnsNames: [] })).rejects.toThrow('token claim `san`');
  });

  it('carries its certificate as the text that the Go system wants', async () => {
    const [header = ''] = (await authority.issueToken(tokenOrder)).split('.');
    const { x5c } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { x5c: unknown };
    expect(x5c).toBeTypeOf('string');
  });

  it('can be used at once where the clock is a minute behind', async () => {
    const token = await authority.issueToken({ ...tokenOrder, hosts: [] });
    const behind = { nowMs: () => Date.now() - 60_000 };
    const verify = tokenVerifier({ caPem: authority.caPem, clock: behind });
    await expect(verify({ token, peerDnsNames: [] })).resolves.toMatchObject({ subject: 'alice' });
  });

  it('ends when it was said to', async () => {
    const token = await authority.issueToken({ ...tokenOrder, hosts: [] });
    const later = { nowMs: () => Date.now() + HOUR_MS };
    const verify = tokenVerifier({ caPem: authority.caPem, clock: later });
    await expect(verify({ token, peerDnsNames: [] })).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
    });
  });

  it.each([
    ['AUTHORITY_REQUEST_MALFORMED', { subject: '' }],
    ['AUTHORITY_REQUEST_MALFORMED', { lifetimeMs: 0 }],
    ['AUTHORITY_REQUEST_MALFORMED', { lifetimeMs: Number.NaN }],
    ['AUTHORITY_REQUEST_MALFORMED', { hosts: ['127.0.0.1'] }],
    ['AUTHORITY_REQUEST_MALFORMED', { hosts: ['*.example.org'] }],
    ['AUTHORITY_ENDS_EARLIER', { lifetimeMs: Number.POSITIVE_INFINITY }],
  ])('is refused with %s: %j', async (code, changes) => {
    const refused = authority.issueToken({ ...tokenOrder, ...changes });
    await expect(refused).rejects.toBeInstanceOf(AuthorityError);
    await expect(refused).rejects.toMatchObject({ code });
  });

  it('is refused for a grant that grants nothing', async () => {
    const grants = [{ can: ['freeze' as const] }];
    await expect(authority.issueToken({ ...tokenOrder, grants })).rejects.toThrow(GrantError);
  });
});

describe('a certificate', () => {
  it('serves mutual TLS, and tells the names of the client', async () => {
    const server = await readFile(await authority.issueServer(order), 'utf8');
    const alice = { ...order, name: 'alice', hosts: ['ws.example.org', '::1'] };
    const client = await readFile(await authority.issueClient(alice), 'utf8');
    const peer = await peerCertificate({ server, client, ca: authority.caPem });
    expect(dnsNamesOf(peer)).toEqual(['ws.example.org']);
  });

  it('for TLS signs no tokens', async () => {
    const path = await authority.issueClient({ ...order, name: 'bob' });
    const x5c = new X509Certificate(await readFile(path)).raw.toString('base64');
    const pool = readCaPool(authority.caPem);
    expect(() => signingKey(x5c, { pool, organizationalUnit: 'nogfsoiam' }, Date.now())).toThrow(
      'JWT x5c header has wrong X.509 OU',
    );
  });

  it.each([
    { name: 'ca' },
    { name: 'jwt' },
    { name: '' },
    { name: '../regd' },
    { name: '.hidden' },
    { hosts: [] },
    { hosts: [''] },
    { hosts: ['a,b'] },
    { lifetimeMs: 1 },
  ])('is refused: %j', async (changes) => {
    const before = await readFile(join(dir, 'ca.pem'), 'utf8');
    await expect(authority.issueServer({ ...order, ...changes })).rejects.toMatchObject({
      code: 'AUTHORITY_REQUEST_MALFORMED',
    });
    expect(await readFile(join(dir, 'ca.pem'), 'utf8')).toBe(before);
  });
});

it('finds no names in what is no certificate', () => {
  expect(dnsNamesOf(new Uint8Array([1, 2, 3]))).toEqual([]);
});

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

/** Connects the two, each of which verifies the other, and resolves to the client's DER. */
async function peerCertificate(pem: Record<'server' | 'client' | 'ca', string>): Promise<Buffer> {
  const ends = { ca: pem.ca, rejectUnauthorized: true, requestCert: true };
  const server = createServer({ ...ends, cert: pem.server, key: pem.server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = { host: '127.0.0.1', port, servername: 'localhost' };
  const socket = connect({ ...ends, ...host, cert: pem.client, key: pem.client });
  try {
    const [accepted] = (await once(server, 'secureConnection')) as [TLSSocket];
    accepted.on('error', () => undefined);
    return accepted.getPeerCertificate().raw;
  } finally {
    socket.destroy();
    server.close();
  }
}
