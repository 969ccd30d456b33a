// The calls that a client of the Go system made, made again: the answers are the same bytes, but for
// ids that each run makes anew. Once through the socket, and once with TLS and a token, as the old
// clients do. The client also does stad's part, by the calls that there are for it.
import { readFileSync } from 'node:fs';
import { uuidFromBytes } from '@permafrost/events';
import {
  EphemeralRegistryService,
  FreezeRepoService,
  GetRepoO,
  GetRepoO_StorageTierCode as Tier,
  MainService,
  operator,
  RegistryService,
  ReposService,
  UnfreezeRepoService,
} from '@permafrost/proto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestInstallation } from './testing/installation.ts';
import type { RpcClient } from './testing/rpc-client.ts';
import { SecureSite } from './testing/secure-site.ts';

interface Recorded {
  ids: Readonly<Record<string, string>>;
  calls: readonly {
    name: string;
    method: string;
    requestHex: string;
    cancelled: boolean;
    responses: readonly string[];
  }[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../testdata/golden-calls.json', import.meta.url), 'utf8'),
) as Recorded;

const methods = new Map(
  [
    MainService,
    RegistryService,
    EphemeralRegistryService,
    ReposService,
    FreezeRepoService,
    UnfreezeRepoService,
  ].flatMap((service) =>
    Object.values<{ path: string; responseDeserialize: (bytes: Buffer) => unknown }>(service).map(
      (method) => [method.path, method] as const,
    ),
  ),
);

/** The ids of this run by those of the recording; each stands for one, in both directions. */
class Translation {
  readonly #ours = new Map<string, string>();
  readonly #theirs = new Map<string, string>();

  request(hex: string): string {
    return this.#replace(hex, (id) => this.#ours.get(id) ?? id);
  }

  /** The recorded answer as it must be in this run, given what this run answered. */
  response(theirs: string, ours: string): string {
    return this.#replace(theirs, (id, at) => {
      const here = ours.slice(at, at + 32);
      if (!this.#ours.has(id) && !this.#theirs.has(here)) {
        this.#ours.set(id, here);
        this.#theirs.set(here, id);
      }
      return this.#ours.get(id) ?? `the id of ${id}`;
    });
  }

  #replace(hex: string, by: (id: string, at: number) => string): string {
    const ids = new RegExp(Object.values(recorded.ids).join('|'), 'g');
    return hex.replace(ids, (id, at: number) => by(id, at));
  }
}

describe.each([
  ['through the socket', false],
  ['with TLS and a token', true],
])('%s', (_, isSecure) => {
  const translation = new Translation();
  let at: TestInstallation;
  let site: SecureSite | undefined;
  let client: RpcClient;
  let stad: Stad;
  beforeAll(async () => {
    site = isSecure ? await SecureSite.create() : undefined;
    at = await TestInstallation.start({ ...(site && { site }) });
    client = site ? await site.client(at.port, { token: await site.token() }) : at.client;
    stad = new Stad(client);
  });
  afterAll(async () => {
    client.close();
    await at.stop();
    await site?.remove();
  });

  test.for(recorded.calls.map((call) => [call.name, call] as const))(
    'as recorded: %s',
    async ([, { name, method, requestHex, cancelled, responses }]) => {
      const isBlock = willBlockOf(method);
      // How many of these there are depends on the pace of the run.
      const wanted = cancelled ? responses.filter((hex) => !isBlock(hex)) : responses;
      const got: string[] = [];
      const raw = {
        path: method,
        requestSerialize: (value: Buffer) => value,
        responseDeserialize: (bytes: Buffer) => bytes.toString('hex'),
      };
      const request = Buffer.from(translation.request(requestHex), 'hex');
      let hasBlocked = false;
      for await (const hex of client.stream(raw, request)) {
        if (cancelled && isBlock(hex)) hasBlocked = true;
        else got.push(hex);
        if (hasBlocked && got.length >= wanted.length) break;
        if (cancelled) await stad.play(name);
      }
      const expected = wanted.map((hex, index) =>
        translation.response(name.startsWith('get ') ? atRest(hex) : hex, got[index] ?? ''),
      );
      expect(got).toEqual(expected);
      await stad.play(name);
    },
  );
});

/** A wait could be answered between the last two events of a workflow, which are one batch here. */
function atRest(hex: string): string {
  const { ids } = recorded;
  return hex
    .replace(ids['freeze[3]'] ?? '', ids['freeze[4]'] ?? '')
    .replace(ids['unfreeze[3]'] ?? '', ids['unfreeze[4]'] ?? '');
}

function willBlockOf(path: string): (hex: string) => boolean {
  return (hex) => {
    const message = methods.get(path)?.responseDeserialize(Buffer.from(hex, 'hex'));
    return (message as { willBlock?: boolean }).willBlock === true;
  };
}

const [repo, freeze, unfreeze] = [
  '6ba7b8109dad41d180b400c04fd430c8',
  'f47ac10b58cc4372a5670e02b2c3d101',
  'f47ac10b58cc4372a5670e02b2c3d102',
].map((hex) => Buffer.from(hex, 'hex')) as [Buffer, Buffer, Buffer];

/** What stad did in the recording. */
class Stad {
  readonly #client: RpcClient;
  readonly #played = new Set<string>();

  constructor(client: RpcClient) {
    this.#client = client;
  }

  /** Does once what followed a call. */
  async play(after: string): Promise<void> {
    if (this.#played.has(after)) return;
    this.#played.add(after);
    switch (after) {
      case 'Registry.InitRepo':
        return this.#confirmShadow();
      case 'begin freeze (no vids)':
        await this.#client.call(FreezeRepoService.beginFreezeRepoFiles, { workflow: freeze });
        await this.#client.call(FreezeRepoService.commitFreezeRepoFiles, { workflow: freeze });
        return;
      case 'begin unfreeze (with both vids)':
        await this.#client.call(UnfreezeRepoService.beginUnfreezeRepoFiles, { workflow: unfreeze });
        await this.#client.call(UnfreezeRepoService.commitUnfreezeRepoFiles, {
          workflow: unfreeze,
        });
        return;
    }
  }

  async #confirmShadow(): Promise<void> {
    const hex = recorded.calls.find(({ name }) => name === 'get repo, online')?.responses[0] ?? '';
    const { shadow } = GetRepoO.decode(Buffer.from(hex, 'hex'));
    const shadowPath = shadow.slice(shadow.indexOf(':') + 1);
    const repoId = uuidFromBytes(repo);
    let isTold = false;
    const watch = this.#client.stream(operator.OperatorService.watchRepo, { repoId });
    for await (const { repo: view } of watch) {
      if (view?.registryTier === Tier.ST_ONLINE) return;
      if (view?.repoVid === '0'.repeat(26) || isTold) continue;
      isTold = true;
      await this.#client.call(ReposService.confirmShadow, { repo, shadowPath });
    }
  }
}
