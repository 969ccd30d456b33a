// What the doctor says of a regd that answers, or does not tell; the judgement has its own tests.
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import {
  HealthCheckResponse_ServingStatus as Serving,
  HealthService,
  operator,
} from '@permafrost/proto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeRegd, Refusal } from '../testing/fake-regd.ts';
import { jsonLines, runCli, runCliOnTerminal } from '../testing/run-cli.ts';
import { samplePresence } from '../testing/samples.ts';

const { OperatorService } = operator;
const LONG =
  '/a/path/that/is/longer/than/the/terminal/is/wide/and/has/to/be/shown/in/several/lines';

let regd: FakeRegd;
beforeEach(async () => {
  regd = await FakeRegd.create();
  regd.on(HealthService.check, () => ({ status: Serving.SERVING }));
  regd.on(OperatorService.getStatus, () => ({
    daemons: [samplePresence({ daemon: 'regd' })],
    workflows: [],
    journal: undefined,
  }));
});
afterEach(() => regd[Symbol.asyncDispose]());

it('tells people line by line, and programs in one value; the exit code is the same', async () => {
  const root = { registry: 'lab', globalRoot: LONG, host: 'files1', hostRoot: LONG };
  const none = { $case: 'none', value: { code: 'STAD_ABSENT', message: '' } } as const;
  regd.on(OperatorService.examineHosts, () => ({
    nowMs: Date.now(),
    roots: [root],
    hosts: [{ host: 'files1', askedMs: 0, answeredMs: 0, outcome: none }],
  }));
  await regd.start();
  const people = await runCli(['--server', regd.address, 'doctor']);
  expect(people).toMatchObject({ exitCode: 1, stderr: '' });
  expect(people.stdout).toMatch(/^ok +regd +answers at/m);
  expect(people.stdout).toMatch(/^broken +stad files1 +it is not running$/m);
  expect(people.stdout).toMatch(/-> Start it there: permafrost-stad/);
  expect(people.stdout).toMatch(/^2 broken, 1 not checked$/m);
  for (const line of people.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(people.stdout).not.toContain('\u001b');

  const programs = await runCli(['--server', regd.address, '--json', 'doctor']);
  expect(programs).toMatchObject({ exitCode: 1, stderr: '' });
  const [value, ...more] = jsonLines(programs.stdout);
  expect(more).toEqual([]);
  expect(value).toMatchObject({ isSound: false });
  expect(value).toHaveProperty('findings.0', {
    ...{ about: 'regd', check: 'reach', state: 'ok', remedy: '' },
    message: `answers at ${regd.address}`,
  });
});

it('tells on a terminal for whom it waits, and takes that away', async () => {
  regd.on(OperatorService.examineHosts, async () => {
    await sleep(400);
    return { nowMs: Date.now(), roots: [], hosts: [] };
  });
  await regd.start();
  const drawn = await runCliOnTerminal(['--server', regd.address, 'doctor']);
  expect(drawn).toContain('waiting for every stad; one that hangs is given 10 seconds');
  const [last = ''] = drawn.split('STATE').slice(-1);
  expect(last).not.toContain('waiting');
  expect(drawn).toMatch(/stads +there is none, and no root/);
});

it('says why regd does not tell, and what to do', async () => {
  regd.on(OperatorService.examineHosts, () => {
    throw new Refusal(status.PERMISSION_DENIED, 'default deny', {
      'permafrost-code': 'SCOPE_MISSING',
      'permafrost-remedy': 'Get a token with the scope fso/admin-registry name=*.',
    });
  });
  await regd.start();
  const { exitCode, stdout } = await runCli(['--server', regd.address, 'doctor']);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^broken +regd +default deny$/m);
  expect(stdout).toMatch(/-> Get a token with the scope/);
  expect(stdout).toMatch(/stads +not checked: regd does not tell$/m);
});

it('says whether there is a socket, and whether one may use it', async () => {
  const told = async (): Promise<string> =>
    (await runCli(['--state', regd.state, 'doctor'])).stdout.replaceAll(/\s+/g, ' ');
  const socket = join(regd.state, 'regd.sock');
  expect(await told()).toContain(`broken regd there is no socket ${socket} `);
  await writeFile(socket, '');
  expect(await told()).toContain(`broken regd nobody answers at ${socket} `);
  await rm(socket);
  await symlink('regd.sock', socket);
  expect(await told()).toContain(`broken regd you may not use the socket ${socket}: ELOOP `);
});

it('says why a port cannot be reached', async () => {
  const { exitCode, stdout } = await runCli(['--server', '127.0.0.1:1', 'doctor']);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^broken +regd +regd is not reachable at 127.0.0.1:1$/m);
  expect(stdout).toContain('ECONNREFUSED');
});
