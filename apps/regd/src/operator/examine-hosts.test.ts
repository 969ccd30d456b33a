import { examinationSubject, randomUuid, type examination } from '@permafrost/events';
import { operator } from '@permafrost/proto';
import { answerInquiries, responderTo } from '@permafrost/workflow-core';
import { silentLog } from '@permafrost/workflow-core/testing';
import { nodeClock } from '@permafrost/daemon-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  GLOBAL_ROOT,
  HOST,
  HOST_ROOT,
  REGISTRY,
  TestInstallation,
} from '../testing/installation.ts';
import { examineHosts } from './examine-hosts.ts';

const OTHER = 'other';

let at: TestInstallation;
let stopping: AbortController;
let answering: Promise<void>;
beforeEach(async () => {
  at = await TestInstallation.start();
  stopping = new AbortController();
  answering = Promise.resolve();
  await at.initRegistry();
});
afterEach(async () => {
  stopping.abort();
  await answering;
  await at.stop();
});

/** A stad of this host that tells what it was asked. */
async function startStad(
  host: string,
  examine: (directories: readonly string[]) => AsyncIterable<examination.Examination>,
): Promise<void> {
  const { journal } = at;
  const instance = randomUuid();
  const nowMs = Date.now();
  const times = { sinceMs: nowMs, heartbeatMs: nowMs };
  await journal.announce({ instance, daemon: 'stad', host, pid: 1, version: '0', ...times });
  const responders = [responderTo(examinationSubject, ({ directories }) => examine(directories))];
  const options = { journal, host, instance, responders, clock: nodeClock, log: silentLog };
  answering = answerInquiries(options, stopping.signal);
}

function examined(directories: readonly string[]): examination.Examination {
  return {
    ...{ nowMs: 1, driver: 'native', missingCapabilities: [], gitVersion: '2', gitTrouble: '' },
    directories: directories.map((path) => ({ path, fileSystem: 'ext4', trouble: undefined })),
    shadows: { path: '/shadows', isWritable: true, freeBytes: 1 },
  };
}

const root = {
  registry: REGISTRY,
  globalRoot: GLOBAL_ROOT,
  host: HOST,
  hostRoot: HOST_ROOT,
};

test('each host with a root or a stad is told of, and its stad asked for its roots', async () => {
  await startStad(OTHER, async function* (directories) {
    yield await Promise.resolve(examined(directories));
  });
  const before = Date.now();
  const told = await at.client.call(operator.OperatorService.examineHosts, {});
  expect(told.roots).toEqual([root]);
  expect(told.hosts.map(({ host, outcome }) => [host, outcome])).toEqual([
    [
      HOST,
      {
        $case: 'none',
        value: { code: 'STAD_ABSENT', message: `no stad of host ${HOST} is running` },
      },
    ],
    [OTHER, { $case: 'examination', value: examined([]) }],
  ]);
  for (const { askedMs, answeredMs } of told.hosts) {
    expect(askedMs).toBeGreaterThanOrEqual(before);
    expect(answeredMs).toBeGreaterThanOrEqual(askedMs);
    expect(told.nowMs).toBeGreaterThanOrEqual(answeredMs);
  }
});

test('a stad is asked for the roots of its host', async () => {
  await startStad(HOST, async function* (directories) {
    yield await Promise.resolve(examined(directories));
  });
  const { hosts } = await at.client.call(operator.OperatorService.examineHosts, {});
  expect(hosts).toMatchObject([{ outcome: { value: { directories: [{ path: HOST_ROOT }] } } }]);
});

test('a stad that hangs is not waited for, and its question is taken back', async () => {
  const { promise: forever, resolve: release } = Promise.withResolvers<examination.Examination>();
  await startStad(HOST, async function* () {
    yield await forever;
  });
  const context = { engine: at.engine, journal: at.journal, clock: nodeClock };
  const { hosts } = await examineHosts(context, new AbortController().signal, 200);
  expect(hosts).toMatchObject([{ outcome: { $case: 'none', value: { code: 'STAD_SILENT' } } }]);
  expect(await at.journal.inquiries.open(HOST)).toEqual([]);
  release(examined([]));
});
