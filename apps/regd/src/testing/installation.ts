// A regd in this process, on a real socket and a real journal, and a stad with a fake disk.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeClock } from '@permafrost/daemon-kit';
import {
  Engine,
  invariant,
  randomUuid,
  ulidSource,
  uuidToBytes,
  type Uuid,
} from '@permafrost/events';
import { openSqliteJournal, type SqliteJournal } from '@permafrost/events/sqlite';
import {
  EphemeralRegistryService,
  FreezeRepoService,
  GetRepoO_StorageTierCode as Tier,
  JobControl,
  RegistryService,
  UnfreezeRepoService,
  operator,
  type GetFreezeRepoO,
} from '@permafrost/proto';
import { keepPresent, Runner, StadLoop, type Log } from '@permafrost/workflow-core';
import {
  FakeDisk,
  FakeLock,
  FakeShadow,
  FakeTree,
  silentLog,
} from '@permafrost/workflow-core/testing';
import { entrancesFor } from '../access/entrances.ts';
import type { Trust } from '../access/trust.ts';
import type { CallLimits } from '../grpc/open-calls.ts';
import { Regd } from '../regd.ts';
import { RpcClient } from './rpc-client.ts';
import type { SecureSite } from './secure-site.ts';

export const REGISTRY = 'exreg';
export const HOST = 'localhost';
export const GLOBAL_ROOT = '/example/data';
export const HOST_ROOT = '/srv/data';
export const author = { authorName: 'A U Thor', authorEmail: 'author@example.org' };

export type InstallationOptions = Readonly<{
  log?: Log;
  /** Then there is also a port, with TLS. */
  site?: SecureSite;
  callLimits?: CallLimits;
}>;

export class TestInstallation {
  readonly dir: string;
  readonly journal: SqliteJournal;
  readonly engine: Engine;
  readonly disk: FakeDisk = new FakeDisk();
  #regd: Regd | undefined;
  #client: RpcClient | undefined;
  #trust: Trust | undefined;
  #stopStad: (() => Promise<void>) | undefined;

  readonly #options: InstallationOptions;

  private constructor(dir: string, journal: SqliteJournal, options: InstallationOptions) {
    this.#options = options;
    this.dir = dir;
    this.journal = journal;
    this.engine = new Engine({ journal, nextId: ulidSource() });
  }

  static async start(options: InstallationOptions = {}): Promise<TestInstallation> {
    const dir = await mkdtemp(join(tmpdir(), 'permafrost-regd-'));
    const journal = await openSqliteJournal({ path: join(dir, 'journal.db') });
    const installation = new TestInstallation(dir, journal, options);
    await installation.startRegd();
    return installation;
  }

  get socket(): string {
    return join(this.dir, 'regd.sock');
  }

  get regd(): Regd {
    invariant(this.#regd !== undefined, 'regd was started');
    return this.#regd;
  }

  get trust(): Trust {
    invariant(this.#trust !== undefined, 'there is a site');
    return this.#trust;
  }

  /** The port that speaks TLS. */
  get port(): string {
    const [, port] = this.regd.targets;
    invariant(port !== undefined, 'there is a site');
    return port;
  }

  get client(): RpcClient {
    invariant(this.#client !== undefined, 'regd was started');
    return this.#client;
  }

  async startRegd(): Promise<void> {
    const { log = silentLog, site, callLimits } = this.#options;
    const tcp = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
    const socket = { kind: 'unix', path: this.socket } as const;
    this.#trust = await site?.trust(log);
    this.#regd = await Regd.start({
      journal: this.journal,
      entrances: entrancesFor({ listen: site ? [socket, tcp] : [socket], trust: this.#trust }),
      gcOlderThanMs: 86_400_000,
      gcEveryMs: 86_400_000,
      failUnservedAfterMs: 7 * 86_400_000,
      log,
      ...(callLimits && { callLimits }),
      socketLookMs: 20,
    });
    this.#client = new RpcClient(`unix:${this.socket}`);
  }

  /** A stad that serves {@link HOST}. */
  startStad(): void {
    const stopping = new AbortController();
    const { signal } = stopping;
    const instance = randomUuid();
    const clock = nodeClock;
    const log = silentLog;
    const loop = new StadLoop({
      instance,
      host: HOST,
      engine: this.engine,
      board: this.journal,
      tree: new FakeTree(this.disk),
      shadow: new FakeShadow(this.disk),
      lock: new FakeLock(),
      clock,
    });
    const runner = new Runner({ engine: this.engine, loop, clock, random: Math.random, log });
    const who = { instance, daemon: 'stad', host: HOST, pid: 1, version: '0' } as const;
    const ended = Promise.all([
      runner.run(signal),
      keepPresent(who, { board: this.journal, clock, log, signal }),
    ]);
    this.#stopStad = async () => {
      stopping.abort();
      await ended;
    };
  }

  async stopStad(): Promise<void> {
    await this.#stopStad?.();
    this.#stopStad = undefined;
  }

  /** A registry with a root. */
  async initRegistry(): Promise<void> {
    const { client } = this;
    await client.call(RegistryService.initRegistry, { registry: REGISTRY });
    await client.call(RegistryService.enableEphemeralWorkflows, { registry: REGISTRY });
    await client.call(RegistryService.initRoot, {
      registry: REGISTRY,
      host: HOST,
      globalRoot: GLOBAL_ROOT,
      hostRoot: HOST_ROOT,
      gitlabNamespace: '',
    });
  }

  /** A repo that is online, which takes a stad. */
  async initRepo(name: string, id: Uuid = randomUuid()): Promise<Uuid> {
    this.disk.write(`${HOST_ROOT}/${name}/file`);
    await this.client.call(RegistryService.initRepo, {
      registry: REGISTRY,
      globalPath: `${GLOBAL_ROOT}/${name}`,
      creatorName: 'A U Thor',
      creatorEmail: 'author@example.org',
      repoId: uuidToBytes(id),
    });
    const watch = this.client.stream(operator.OperatorService.watchRepo, { repoId: id });
    for await (const { repo } of watch) if (repo?.registryTier === Tier.ST_ONLINE) break;
    return id;
  }

  async begin(direction: 'freeze' | 'unfreeze', repo: Uuid, workflow: Uuid): Promise<void> {
    const method =
      direction === 'freeze'
        ? FreezeRepoService.beginFreezeRepo
        : UnfreezeRepoService.beginUnfreezeRepo;
    await this.client.call(method, {
      registry: REGISTRY,
      repo: uuidToBytes(repo),
      workflow: uuidToBytes(workflow),
      ...author,
    });
  }

  /** Freezes or thaws, and waits until it has ended. */
  async run(
    direction: 'freeze' | 'unfreeze',
    repo: Uuid,
    workflow: Uuid = randomUuid(),
  ): Promise<GetFreezeRepoO> {
    await this.begin(direction, repo, workflow);
    const method =
      direction === 'freeze'
        ? FreezeRepoService.getFreezeRepo
        : UnfreezeRepoService.getUnfreezeRepo;
    const request = { workflow: uuidToBytes(workflow), jobControl: JobControl.JC_WAIT };
    return this.client.call(method, request);
  }

  /** The types of the events of a history, as numbers. */
  async typesOf(workflow: Uuid): Promise<number[]> {
    const messages = await this.client.all(EphemeralRegistryService.registryWorkflowEvents, {
      registry: REGISTRY,
      workflow: uuidToBytes(workflow),
      watch: false,
    });
    return messages.flatMap(({ events }) => events.map(({ event }) => event));
  }

  async stop(): Promise<void> {
    await this.stopStad();
    this.client.close();
    await this.regd.stop();
    await this.journal.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}
