import { join } from 'node:path';
import { checkSubject, Engine, randomUuid, RetryNoVC, ulidSource } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { repo, type RepoCommand } from '@permafrost/workflow-core';
import { RecordingLog } from '@permafrost/workflow-core/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HostRepoLock } from '../lock/host-repo-lock.ts';
import { StadMetrics } from '../metrics/stad-metrics.ts';
import { author, Scratch, watch } from '../shadow/scratch.ts';
import { SimulatedDriver } from '../tree/drivers/simulated.ts';
import { FlaggedTree } from '../tree/immutable-tree.ts';
import { checkResponder, type CheckWorld } from './responder.ts';

let scratch: Scratch;
let world: CheckWorld;
let log: RecordingLog;

beforeEach(async () => {
  scratch = new Scratch();
  const driver = await SimulatedDriver.open(join(scratch.root, 'simulated'), () => undefined);
  log = new RecordingLog();
  const shadow = scratch.repo();
  await shadow.init(scratch.location, author);
  world = {
    engine: new Engine({ journal: new MemoryJournal(), nextId: ulidSource() }),
    host: 'fs1',
    lock: new HostRepoLock(join(scratch.root, 'locks')),
    tree: new FlaggedTree(driver),
    shadow,
    log,
  };
  await tell({
    type: 'InitRepo',
    init: {
      registry: 'lab',
      globalPath: '/lab/x',
      creator: author,
      fileHost: 'fs1',
      hostPath: scratch.data,
      subdirTracking: 'enter-subdirs',
      gitlabHost: '',
      gitlabPath: '',
    },
  });
});
afterEach(() => scratch[Symbol.dispose]());

const tell = (command: RepoCommand): Promise<unknown> =>
  world.engine.tell(repo, scratch.location.repoId, RetryNoVC, command);

/** The kinds of the items of the answer, or the message of the failure. */
async function answer(): Promise<readonly (string | undefined)[] | string> {
  const { question, item } = checkSubject;
  const bytes = question.encode({ repoId: scratch.location.repoId }).finish();
  const kinds: (string | undefined)[] = [];
  try {
    const responder = checkResponder(world);
    for await (const part of responder.respond(bytes, new AbortController().signal))
      kinds.push(item.decode(part).item?.$case);
  } catch (error) {
    expect(error).toMatchObject({ code: 'REPO_NOT_AT_REST', retry: 'later' });
    return error instanceof Error ? error.message : '';
  }
  return kinds;
}

it('looks at what is at rest, and at nothing else', async () => {
  const { repoId } = scratch.location;
  expect(await answer()).toBe(`repo ${repoId} is not set up on host fs1`);
  await tell({ type: 'ConfirmShadow', shadowPath: '/shadows/x' });
  const kinds = await answer();
  expect([kinds[0], kinds.at(-1)]).toEqual(['progress', 'summary']);
  expect(log.take('repo not as recorded')).toMatchObject([
    { repo: repoId, path: '/lab/x', tier: 'online', found: '1 new' },
  ]);
  const metrics = new StadMetrics();
  world = { ...world, measured: metrics.checks };
  await answer();
  await world.shadow.snapshot(scratch.location, { author, attrs: '' }, watch());
  await answer();
  for (const outcome of ['drift', 'ok'])
    expect(await metrics.text()).toContain(
      `permafrost_checks_total{tier="online",outcome="${outcome}"} 1\n`,
    );
  const move = { direction: 'freeze', workflowId: randomUuid() } as const;
  await tell({ type: 'BeginStorage', ...move });
  expect(await answer()).toBe('/lab/x is freezing: a workflow has it in hand');
  await tell({ type: 'AbortStorage', ...move, status: { code: 105, message: 'EIO' } });
  expect(await answer()).toBe('/lab/x is freeze-failed, neither frozen nor online');
});
