import { afterEach, beforeEach, expect, it } from 'vitest';
import { FreezeRepoService, operator, UnfreezeRepoService, type check } from '@permafrost/proto';
import { FakeRegd } from '../testing/fake-regd.ts';
import { jsonLines, runCli, type CliResult } from '../testing/run-cli.ts';
import { AUTHOR, REPO_ID, REPO_PATH, sampleRepo, sampleWorkflow } from '../testing/samples.ts';

const { OperatorService } = operator;

let regd: FakeRegd;
/** What was begun, in words. */
let begun: string[];

beforeEach(async () => {
  begun = [];
  regd = await FakeRegd.create();
  const vids = {
    registryVid: Buffer.alloc(16),
    repoVid: Buffer.alloc(16),
    workflowIndexVid: Buffer.alloc(16),
    workflowVid: Buffer.alloc(16),
  };
  regd
    .on(OperatorService.findRepo, () => ({ repo: sampleRepo() }))
    .on(FreezeRepoService.beginFreezeRepo, ({ repair, authorName, ifLinked }) => {
      begun.push(`freeze ${repair} ${authorName} ${ifLinked}`);
      return vids;
    })
    .on(UnfreezeRepoService.beginUnfreezeRepo, ({ repair, authorName }) => {
      begun.push(`unfreeze ${repair} ${authorName}`);
      return vids;
    })
    .tell(OperatorService.watchWorkflow, () => [
      { workflow: sampleWorkflow({ state: 'terminated', statusCode: 0, waitingFor: '' }) },
    ]);
});

afterEach(async () => {
  await regd[Symbol.asyncDispose]();
});

type Item = NonNullable<check.CheckRepoResponse['item']>;

const at = (phase: string, entriesDone: number): Item => ({
  $case: 'progress',
  value: { phase, entriesDone, path: '' },
});

const drift = (kind: string, path: string, detail = ''): Item => ({
  $case: 'drift',
  value: { kind, path, detail },
});

const summary = (tier: string, drifts: Readonly<Record<string, number>> = {}): Item => ({
  $case: 'summary',
  value: {
    tier,
    entries: 1200,
    drifts: Object.entries(drifts).map(([kind, count]) => ({ kind, count })),
  },
});

const finding = (...items: readonly Item[]): Promise<FakeRegd> =>
  regd.tell(OperatorService.checkRepo, () => items.map((item) => ({ item }))).start();

const checking = (...args: readonly string[]): Promise<CliResult> =>
  runCli(['--state', regd.state, 'check', REPO_PATH, ...args]);

const repairing = (...args: readonly string[]): Promise<CliResult> =>
  checking('--repair', '--reason', 'restored', '--author', AUTHOR, ...args);

const drifted = [
  drift('flag-lost', 'a'),
  drift('new', String.raw`b\n`),
  summary('frozen', { 'flag-lost': 1, new: 1 }),
];

it('is content with what is as recorded', async () => {
  await finding(at('attributes', 1), at('attributes', 2), at('entries', 1), summary('frozen'));
  expect(await checking()).toEqual({
    exitCode: 0,
    stdout: `looked at 1,200 entries of ${REPO_PATH}, which is frozen: all as recorded\n`,
    stderr: 'looking at the attributes\ncomparing with the last snapshot\n',
  });
  expect((await repairing()).exitCode).toBe(0);
  expect(begun).toEqual([]);
});

it('tells each thing in a line, then how many of each kind, and how to mend it', async () => {
  await finding(...drifted);
  const { exitCode, stdout, stderr } = await checking();
  expect(exitCode).toBe(1);
  expect(stdout.split('\n')).toEqual([
    'flag-lost   a',
    String.raw`new         b\n`,
    expect.stringMatching(/^looked at .* frozen: 1 flag-lost, 1 new$/),
    '',
  ]);
  expect(stderr).toContain(`check ${REPO_PATH} --repair --reason WHY`);
  const json = await runCli(['--state', regd.state, '--json', 'check', REPO_PATH]);
  expect(jsonLines(json.stdout)).toMatchObject([
    { kind: 'flag-lost', path: 'a' },
    { kind: 'new' },
    { repoId: REPO_ID, tier: 'frozen', entries: 1200, drifts: [{ count: 1 }, { count: 1 }] },
    { error: { code: 'REPO_HAS_DRIFTED' } },
  ]);
  expect(begun).toEqual([]);
});

it('repairs what is frozen by a freeze, and says what it does not mend', async () => {
  await finding(...drifted);
  const { exitCode, stderr } = await repairing('--if-linked', 'force');
  expect(exitCode).toBe(0);
  expect(begun).toEqual(['freeze true A U Thor force']);
  expect(stderr).toContain('the new snapshot records what no flag mends: 1 new\n');
});

it('repairs what is online by an unfreeze', async () => {
  await finding(drift('flag-left', 'a'), summary('online', { 'flag-left': 1 }));
  const { exitCode, stderr } = await repairing();
  expect(exitCode).toBe(0);
  expect(begun).toEqual(['unfreeze true A U Thor']);
  expect(stderr).not.toContain('no flag mends');
});

it('does not repair what is not in its place', async () => {
  await finding(drift('missing', '.', '/srv/x does not exist'), summary('frozen', { missing: 1 }));
  const { exitCode, stdout, stderr } = await repairing();
  expect(exitCode).toBe(1);
  expect(stdout).toContain('missing     .: /srv/x does not exist\n');
  expect(stderr).toContain('Bring it back to /srv/survey-2024 on host files1');
  expect(begun).toEqual([]);
});

it('wants a reason for a repair, before it looks', async () => {
  await regd.start();
  const { exitCode, stderr } = await checking('--repair', '--author', AUTHOR);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--repair needs a --reason');
});

it('takes an answer without an end for a regd that has gone', async () => {
  await finding(drift('flag-lost', 'a'));
  expect((await checking()).exitCode).toBe(3);
});
