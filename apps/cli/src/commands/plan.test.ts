import { afterEach, beforeEach, expect, it } from 'vitest';
import { operator, type plan } from '@permafrost/proto';
import { FakeRegd } from '../testing/fake-regd.ts';
import { jsonLines, runCli, type CliResult } from '../testing/run-cli.ts';
import { REPO_ID, REPO_PATH, sampleRepo } from '../testing/samples.ts';
import { bytesWords } from '../view/quantities.ts';

const { OperatorService } = operator;

let regd: FakeRegd;
let asked: plan.PlanStorageRequest[];

beforeEach(async () => {
  asked = [];
  regd = await FakeRegd.create();
  regd.on(OperatorService.findRepo, () => ({ repo: sampleRepo() }));
});

afterEach(async () => {
  await regd[Symbol.asyncDispose]();
});

const note: plan.PlanFinding = {
  code: 'SPECIAL_FILES',
  isObstacle: false,
  message: 'fifos, sockets and devices are skipped',
  count: 12,
  examples: ['a/pipe', 'b/pipe'],
};
const obstacle: plan.PlanFinding = {
  code: 'FILES_READ_ONLY',
  isObstacle: true,
  message: 'it is mounted read-only',
  count: 0,
  examples: [],
};

function finding(...findings: plan.PlanFinding[]): Promise<FakeRegd> {
  const found: plan.StoragePlan = {
    tree: { dirs: 3, files: 1200, links: 2, others: 12, mounts: 0, bytes: 1536 },
    changes: { asWanted: 3, toChange: 1200, expectedMs: 2100 },
    findings,
  };
  return regd
    .tell(OperatorService.planStorage, (request): plan.PlanStorageResponse[] => {
      asked.push(request);
      const progress = { phase: 'examining', entriesDone: 10, path: '/a' };
      return [
        { item: { $case: 'progress', value: progress } },
        { item: { $case: 'plan', value: found } },
      ];
    })
    .start();
}

const trying = (command: string, ...args: readonly string[]): Promise<CliResult> =>
  runCli(['--state', regd.state, command, REPO_PATH, '--dry-run', ...args]);

it('tells the plan, needs no author, and begins nothing', async () => {
  await finding(note);
  expect(await trying('freeze', '--if-busy', 'wait')).toEqual({
    exitCode: 0,
    stdout: [
      `plan: freeze ${REPO_PATH}; nothing has been changed`,
      'directories 3, files 1,200 of 1.5 KiB, symlinks 2, special files 12, mounts 0',
      'to change 1,200, as wanted already 3; takes about 2.1s',
      'note SPECIAL_FILES (12): fifos, sockets and devices are skipped',
      '  a/pipe',
      '  b/pipe',
      '  and 10 more',
      'nothing stands in its way',
      '',
    ].join('\n'),
    stderr: 'looking at what is there\n',
  });
  expect(asked).toMatchObject([
    { repoId: REPO_ID, direction: 'freeze', ifBusy: 'wait', ifLinked: '' },
  ]);
});

it('fails when something stands in the way', async () => {
  await finding(obstacle, note);
  const { exitCode, stdout, stderr } = await trying('unfreeze');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('obstacle FILES_READ_ONLY: it is mounted read-only\n');
  expect(stderr).toContain('would fail: FILES_READ_ONLY');
  const json = await trying('unfreeze', '--json');
  expect(jsonLines(json.stdout)).toMatchObject([
    { direction: 'unfreeze', repoId: REPO_ID, ok: false, findings: [obstacle, note] },
    { error: { code: 'PLAN_HAS_OBSTACLES', obstacles: ['FILES_READ_ONLY'] } },
  ]);
});

it.each([
  [0, '0 bytes'],
  [1023, '1,023 bytes'],
  [2 ** 30 * 1.5, '1.5 GiB'],
])('%d bytes are %s', (bytes, words) => {
  expect(bytesWords(bytes)).toBe(words);
});
