// An authority with what it has issued: regd's certificate, that of a client, and tokens at will.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { createAuthority, openAuthority, type Grant } from '@permafrost/access';
import type { Log } from '@permafrost/workflow-core';
import { Trust } from '../access/trust.ts';
import { RpcClient } from './rpc-client.ts';

const HOUR_MS = 3_600_000;

const everyRight: Grant = {
  can: ['read', 'init', 'freeze', 'unfreeze', 'stat', 'exec', 'admin', 'break-glass'],
  paths: ['/*'],
  names: ['*'],
};

export type TokenOptions = Readonly<{
  grants?: readonly Grant[];
  hosts?: readonly string[];
  /** How long ago it was issued, for an hour. */
  ageMs?: number;
}>;

export class SecureSite {
  /** The host that the client's certificate is for. */
  static readonly clientHost = 'ws.example.org';
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async create(): Promise<SecureSite> {
    const dir = await mkdtemp(join(tmpdir(), 'permafrost-site-'));
    const order = { lifetimeMs: HOUR_MS };
    const clock = { nowMs: () => Date.now() };
    const authority = await createAuthority(dir, { name: 'Test site', clock });
    await authority.issueServer({ ...order, name: 'regd', hosts: ['localhost'] });
    await authority.issueClient({ ...order, name: 'alice', hosts: [SecureSite.clientHost] });
    return new SecureSite(dir);
  }

  async trust(log: Log): Promise<Trust> {
    const ca = join(this.dir, 'ca.pem');
    const tls = { cert: join(this.dir, 'regd.pem'), clientCa: ca };
    return Trust.load({ jwtCa: ca, tls }, { clock: { nowMs: () => Date.now() }, log });
  }

  async token(options: TokenOptions = {}): Promise<string> {
    const { grants = [everyRight], hosts = [], ageMs = 0 } = options;
    const authority = await openAuthority(this.dir, { clock: { nowMs: () => Date.now() - ageMs } });
    return authority.issueToken({ subject: 'alice', grants, hosts, lifetimeMs: HOUR_MS });
  }

  /** A client with the certificate of this site, or with none; it trusts `server`. */
  async client(
    target: string,
    options: {
      token?: string;
      reason?: string;
      hasCertificate?: boolean;
      server?: SecureSite;
    } = {},
  ): Promise<RpcClient> {
    const { token, reason, hasCertificate = true, server = this } = options;
    const ca = await readFile(join(server.dir, 'ca.pem'));
    const own = hasCertificate ? await readFile(join(this.dir, 'alice.pem')) : null;
    const named = target.replace('127.0.0.1', 'localhost');
    return new RpcClient(named, {
      credentials: credentials.createSsl(ca, own, own),
      token,
      reason,
    });
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}
