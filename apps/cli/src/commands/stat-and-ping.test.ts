// What regd is asked by `stat` and `ping`, and what is told of its answers.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseUuid, uuidToBytes } from '@permafrost/events';
import {
  JobControl,
  operator,
  PathStatus_Status as Mark,
  PingRegistryService,
  StatService,
  type StatI,
} from '@permafrost/proto';
import { FakeRegd } from '../testing/fake-regd.ts';
import { jsonLines, runCli } from '../testing/run-cli.ts';
import { AUTHOR, REPO_ID, REPO_PATH, sampleRepo } from '../testing/samples.ts';

let regd: FakeRegd;
let asked: StatI[];
const repo = Buffer.from(uuidToBytes(parseUuid(REPO_ID)));

beforeEach(async () => {
  asked = [];
  regd = await FakeRegd.create();
  regd.on(operator.OperatorService.findRepo, () => ({ repo: sampleRepo() }));
});
afterEach(() => regd[Symbol.asyncDispose]());

it('records the files with an author, and waits for it', async () => {
  const answer = (request: StatI): Record<string, never> => {
    asked.push(request);
    return {};
  };
  await regd.on(StatService.stat, answer).start();
  const told = await runCli(['--state', regd.state, 'stat', REPO_PATH, '--author', AUTHOR]);
  expect(told).toMatchObject({ exitCode: 0, stdout: `recorded the files of ${REPO_PATH}\n` });
  const [name, email] = ['A U Thor', 'author@example.org'];
  const jobControl = JobControl.JC_WAIT;
  expect(asked).toEqual([{ repo, authorName: name, authorEmail: email, jobControl, flags: 0 }]);
});

it('lists what differs from the record', async () => {
  await regd
    .tell(StatService.statStatus, () => [
      { paths: [{ path: 'a b', status: Mark.PS_NEW }] },
      { paths: [{ path: 'c', status: Mark.PS_DELETED }] },
    ])
    .start();
  const { exitCode, stdout } = await runCli(['--state', regd.state, 'stat', '--status', REPO_PATH]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'new       a b\ngone      c\n' });
});

it.each([
  [0, 0],
  [1, 1],
])('shows who answers a ping; with code %i from stad it exits with %i', async (code, exit) => {
  const vid = Buffer.alloc(16);
  const begun: string[] = [];
  const said = (statusCode: number, statusMessage: string) => ({
    statusCode,
    statusMessage,
    eventId: vid,
  });
  await regd
    .on(PingRegistryService.beginPingRegistry, ({ registry }) => {
      begun.push(registry);
      return { registryVid: vid, workflowIndexVid: vid, workflowVid: vid };
    })
    .on(PingRegistryService.getRegistryPings, ({ jobControl }) => ({
      workflowVid: vid,
      summary: said(jobControl === JobControl.JC_WAIT ? 100 : 101, 'told'),
      serverPings: [
        said(0, 'nogfsoregd ping 1'),
        said(code, 'nogfsostad ping on files1'),
        said(0, 'nogfsoregd ping 2'),
        said(code, 'nogfsostad ping on files1'),
        said(0, 'another server'),
      ],
    }))
    .on(PingRegistryService.commitPingRegistry, () => {
      begun.push('committed');
      return { workflowVid: vid, workflowIndexVid: vid };
    })
    .start();
  const people = await runCli(['--state', regd.state, 'ping', 'lab']);
  expect(people.exitCode).toBe(exit);
  const ofStad = code === 0 ? 'ok, 2 times' : 'code 1     ';
  expect(people.stdout).toBe(
    `ANSWER       FROM\nok, 2 times  regd\n${ofStad}  stad on files1\nok           another server\n`,
  );
  if (code !== 0) expect(people.stderr).toContain('one server of lab did not answer well');
  expect(begun).toEqual(['lab', 'committed']);
  const [value] = jsonLines(
    (await runCli(['--state', regd.state, '--json', 'ping', 'lab'])).stdout,
  );
  expect(value).toMatchObject({ summary: 'told' });
  expect(value).toHaveProperty('answers.length', 5);
});
