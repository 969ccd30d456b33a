// Cancelling: what is asked of regd, and how each end is told.
import { status } from '@grpc/grpc-js';
import { operator } from '@permafrost/proto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeRegd, Refusal } from '../testing/fake-regd.ts';
import { jsonLines, runCli, type CliResult } from '../testing/run-cli.ts';
import {
  AUTHOR,
  REPO_ID,
  REPO_PATH,
  sampleRepo,
  sampleWorkflow,
  WORKFLOW_ID,
} from '../testing/samples.ts';

const { OperatorService } = operator;
const cancelled = sampleWorkflow({
  ...{ state: 'terminated', waitingFor: '', statusCode: 105 },
  statusMessage: `cancelled by ${AUTHOR}: one run is missing`,
});

let regd: FakeRegd;
let asked: operator.CancelWorkflowRequest[];
let underWay: operator.Workflow | undefined;

beforeEach(async () => {
  asked = [];
  underWay = sampleWorkflow();
  regd = await FakeRegd.create();
  regd
    .on(OperatorService.findRepo, ({ target }) => {
      if (target === WORKFLOW_ID) throw new Refusal(status.NOT_FOUND, 'no repo has the id');
      return { repo: sampleRepo({ workflow: underWay }) };
    })
    .on(OperatorService.cancelWorkflow, (request) => {
      asked.push(request);
      return { ended: false };
    });
});

afterEach(async () => {
  await regd[Symbol.asyncDispose]();
});

function ending(...seen: readonly operator.Workflow[]): FakeRegd {
  return regd.tell(OperatorService.watchWorkflow, () => seen.map((workflow) => ({ workflow })));
}

const cancel = (...args: readonly string[]): Promise<CliResult> =>
  runCli(['--state', regd.state, 'cancel', ...args, '--author', AUTHOR]);

it.each([REPO_PATH, REPO_ID, WORKFLOW_ID])('cancels %s, and waits for the end', async (target) => {
  const cancelRequest = { by: AUTHOR, reason: '', atMs: 1 };
  await ending(sampleWorkflow({ cancelRequest }), cancelled).start();
  const { exitCode, stdout, stderr } = await cancel(target, '--reason', 'one run is missing');
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    `the freeze of ${REPO_PATH} has ended: cancelled by ${AUTHOR}: one run is missing\n` +
      'Some files may be immutable and some not: freeze or unfreeze takes up from there.\n',
  );
  expect(stderr).toBe(
    `cancel workflow ${WORKFLOW_ID}\nto be cancelled, waiting for stad on host files1\n`,
  );
  expect(asked).toEqual([
    { workflowId: WORKFLOW_ID, by: AUTHOR, reason: 'one run is missing', force: false },
  ]);
});

it('breaks the glass when it is told to', async () => {
  await ending(cancelled).start();
  const { exitCode, stdout } = await cancel(REPO_PATH, '--force', '--reason', 'x', '--json');
  expect(exitCode).toBe(0);
  expect(jsonLines(stdout)).toMatchObject([{ id: WORKFLOW_ID, statusCode: 105 }]);
  expect(asked).toMatchObject([{ force: true, reason: 'x' }]);
});

it('says so if the workflow was faster', async () => {
  await ending({ ...cancelled, statusCode: 0, statusMessage: '' }).start();
  const { exitCode, stdout } = await cancel(REPO_PATH, '--json');
  expect(exitCode).toBe(1);
  expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'WORKFLOW_DONE' } }]);
});

it('has nothing to do where nothing is under way', async () => {
  underWay = undefined;
  await regd.start();
  const { exitCode, stderr } = await cancel(REPO_PATH);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`nothing is under way on ${REPO_PATH}`);
  expect(asked).toEqual([]);
});

it('tells what else can be done when nobody stops the work in time', async () => {
  await regd
    .tell(OperatorService.watchWorkflow, async function* () {
      yield { workflow: sampleWorkflow() };
      await new Promise(() => undefined);
    })
    .start();
  const { exitCode, stderr } = await cancel(REPO_PATH, '--timeout', '400ms');
  expect(exitCode).toBe(4);
  expect(stderr).toContain(`cancel ${WORKFLOW_ID} --force --reason WHY`);
});

it('passes the refusal of regd on', async () => {
  const refusing = await FakeRegd.create();
  try {
    await refusing
      .on(OperatorService.findRepo, () => ({ repo: sampleRepo({ workflow: underWay }) }))
      .on(OperatorService.cancelWorkflow, () => {
        throw new Refusal(status.FAILED_PRECONDITION, 'too late', {
          'permafrost-code': 'WORKFLOW_NOT_CANCELLABLE',
        });
      })
      .start();
    const args = ['--state', refusing.state, '--json', 'cancel', REPO_PATH, '--author', AUTHOR];
    const { exitCode, stdout } = await runCli(args);
    expect(exitCode).toBe(1);
    expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'WORKFLOW_NOT_CANCELLABLE' } }]);
  } finally {
    await refusing[Symbol.asyncDispose]();
  }
});
