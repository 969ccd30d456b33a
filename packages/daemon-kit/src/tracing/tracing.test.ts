import { ExportResultCode } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import {
  JournalUnavailableError,
  nilUlid,
  ok,
  randomUuid,
  ulidSource,
  workflowCodec,
  type Change,
  type Journal,
  type StorageWorkflowEvent,
  type Uuid,
} from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { FilesFault, type Log } from '@permafrost/workflow-core';
import { silentLog } from '@permafrost/workflow-core/testing';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { nodeClock } from '../node-clock.ts';
import { ReportedExporter } from './reported-exporter.ts';
import { Tracing } from './tracing.ts';

const direction = 'freeze';
const METHOD = 'nogfso.FreezeRepo/BeginFreezeRepo';
const TRACE = 'a'.repeat(32);
const CLIENT = 'b'.repeat(16);
const begun = { type: 'FilesStarted', direction } as const;

let stored: MemoryJournal;
let exporter: InMemorySpanExporter;
let workflow: Uuid;

beforeEach(() => {
  stored = new MemoryJournal();
  exporter = new InMemorySpanExporter();
  workflow = randomUuid();
});

/** A daemon that has just been started, and its journal. */
function start(daemon: 'regd' | 'stad', log: Log = silentLog): [Tracing, Journal] {
  const { traces } = stored;
  const host = { stad: { host: 'files' }, regd: {} }[daemon];
  const options = { daemon, ...host, version: '1', traces, clock: nodeClock, log };
  const tracing = new Tracing(new SimpleSpanProcessor({ exporter }), options);
  return [tracing, tracing.watched(stored)];
}

const nextId = ulidSource();

async function append(event: StorageWorkflowEvent, history: Uuid = workflow): Promise<Change> {
  const header = { id: nextId(), parent: (await stored.head(history))?.vid ?? nilUlid };
  const body = workflowCodec.encode(event, header);
  return { do: 'append', history, kind: 'workflow', ...header, body };
}

/** Each span of a trace below the one that it is a child of, in the order of their ends. */
function familyOf(traceId: string): readonly string[] {
  const spans = exporter.getFinishedSpans().filter((s) => s.spanContext().traceId === traceId);
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  names.set(CLIENT, 'client');
  return spans.map(
    ({ name, parentSpanContext }) =>
      `${names.get(parentSpanContext?.spanId ?? '') ?? 'none'} > ${name}`,
  );
}

const spanNamed = (name: string) =>
  exporter.getFinishedSpans().find((span) => span.name === name) ?? expect.fail(name);

test('a workflow is one trace in both daemons, from the span of its client on, and over a restart', async () => {
  const [regd, ofRegd] = start('regd');
  const call = regd.calls.begin(METHOD, `00-${TRACE}-${CLIENT}-01`);
  call.admit({ workflow });
  const author = { name: 'A', email: 'a@example.org' };
  const repoId = randomUuid();
  const registry = { registryId: randomUuid(), registryName: 'r' };
  const asked = { ...registry, repoId, repoGlobalPath: '/r', author };
  await ofRegd.commit([await append({ type: 'WorkflowStarted', direction, start: asked })]);
  call.end({ status: 'OK', failure: undefined });
  await ofRegd.commit([await append(begun)]);

  const [killed] = start('stad');
  const stopped = new FilesFault('FILES_CANCELLED', 'stopped', { retry: 'later' });
  const run = killed.workflows.run(workflow, 'run-files', () =>
    killed.workflows.stepOfRun({ name: 'set-immutable', kind: direction }, () =>
      Promise.reject(stopped),
    ),
  );
  await expect(run).rejects.toBe(stopped);
  const [stad, ofStad] = start('stad');
  await stad.workflows.run(workflow, 'run-files', async () => {
    await stad.workflows.stepOfRun({ name: 'write-shadow', repo: repoId }, () => Promise.resolve());
    await ofStad.commit([await append({ type: 'FilesCompleted', direction, status: ok })]);
  });

  expect(familyOf(TRACE)).toEqual([
    `${METHOD} > regd:commit WorkflowStarted`,
    `client > ${METHOD}`,
    `${METHOD} > regd:commit FilesStarted`,
    'stad:run-files > stad:set-immutable',
    `${METHOD} > stad:run-files`,
    'stad:run-files > stad:write-shadow',
    'stad:run-files > stad:commit FilesCompleted',
    `${METHOD} > stad:run-files`,
  ]);
  expect(exporter.getFinishedSpans()).toHaveLength(8);
  expect(spanNamed('regd:commit WorkflowStarted').attributes).toEqual({
    'permafrost.workflow': workflow,
    'permafrost.repo': repoId,
    'permafrost.kind': direction,
  });
  expect(spanNamed('stad:run-files')).toMatchObject({
    attributes: {
      'permafrost.workflow': workflow,
      'permafrost.host': 'files',
      'permafrost.kind': direction,
      'error.type': 'FILES_CANCELLED',
    },
    status: { message: 'stopped' },
  });
});

test('a workflow that nobody began in a call is a trace of its own, and one', async () => {
  const [, ofRegd] = start('regd');
  await ofRegd.commit([await append(begun)]);
  const status = { code: 105, message: 'disk on fire' };
  const [, ofStad] = start('stad');
  await ofStad.commit([await append({ type: 'FilesCompleted', direction, status })]);
  const { traceId } = spanNamed('regd:commit FilesStarted').spanContext();
  expect(familyOf(traceId)).toEqual([
    'none > regd:commit FilesStarted',
    'regd:commit FilesStarted > stad:commit FilesCompleted',
  ]);
  // The commit is well; what it tells is not.
  expect(spanNamed('stad:commit FilesCompleted')).toMatchObject({
    attributes: { 'error.type': '105' },
    status: { message: 'disk on fire' },
  });
});

test('a call that is refused says why, and a client who names no trace that there is begins one', () => {
  const [regd] = start('regd');
  const failure = { code: 'TOKEN_INVALID', message: 'no' };
  regd.calls.begin(METHOD, 'nonsense').end({ status: 'UNAUTHENTICATED', failure });
  const span = spanNamed(METHOD);
  expect(span.parentSpanContext).toBeUndefined();
  expect(span.status.message).toBe('no');
  expect(span.attributes).toEqual({
    'rpc.system.name': 'grpc',
    'rpc.method': METHOD,
    'rpc.response.status_code': 'UNAUTHENTICATED',
    'error.type': 'TOKEN_INVALID',
  });
});

test('a run that has nothing to do leaves no span, and what is no run makes none', async () => {
  const [stad] = start('stad');
  await stad.workflows.run(workflow, 'run-files', () => Promise.resolve());
  await stad.workflows.stepOfRun({ name: 'write-shadow' }, () => Promise.resolve());
  expect(exporter.getFinishedSpans()).toEqual([]);
  expect(await stored.traces.recall(workflow)).toBeUndefined();
});

test('workflows that are moved by one batch keep their traces apart, also in a run', async () => {
  const [stad, journal] = start('stad');
  const other = randomUuid();
  await stad.workflows.run(workflow, 'run-files', async () => {
    await journal.commit([await append(begun), await append(begun, other)]);
  });
  const traces = exporter.getFinishedSpans().map((span) => span.spanContext().traceId);
  expect(traces).toHaveLength(3);
  expect(new Set(traces).size).toBe(2);
  const { traceId } = spanNamed('stad:run-files').spanContext();
  expect(familyOf(traceId)).toEqual([
    'stad:run-files > stad:commit FilesStarted',
    'none > stad:run-files',
  ]);
});

test('where traces cannot be kept, work goes on, and it is said', async () => {
  const fault = new JournalUnavailableError('disk full');
  stored.traces.remember = () => Promise.reject(fault);
  const said: unknown[] = [];
  const log = { ...silentLog, warn: (fields: object) => void said.push(fields) };
  const [, journal] = start('regd', log);
  await journal.commit([await append(begun)]);
  expect(said).toEqual([{ err: fault }]);
  expect(await stored.end()).toBe(1);
});

test('a collector that neither answers nor refuses does not keep a daemon from its end', async () => {
  const said: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => void said.push(message) };
  const clock = { ...nodeClock, sleep: () => Promise.resolve() };
  const hanging = new SimpleSpanProcessor({ exporter });
  hanging.shutdown = () => new Promise(() => undefined);
  const { promise: exited, resolve: exit } = Promise.withResolvers();
  const spy = vi.spyOn(process, 'exit').mockImplementation(exit as () => never);
  onTestFinished(() => spy.mockRestore());
  const { traces } = stored;
  const options = { daemon: 'regd', version: '1', traces, clock, log } as const;
  await new Tracing(hanging, options)[Symbol.asyncDispose]();
  expect(said).toEqual(['traces are not exported in time; some are lost']);
  await exited;
});

test('a collector that is down is told once in a while', () => {
  let nowMs = 0;
  const said: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => void said.push(message) };
  const down = new InMemorySpanExporter();
  down.export = (_, done) =>
    done({ code: ExportResultCode.FAILED, error: new Error('ECONNREFUSED') });
  const reported = new ReportedExporter(down, { clock: { ...nodeClock, nowMs: () => nowMs }, log });
  const exportOnce = (): number => {
    reported.export([], () => undefined);
    return said.length;
  };
  expect([exportOnce(), exportOnce()]).toEqual([1, 1]);
  nowMs += 3_600_000;
  expect(exportOnce()).toBe(2);
});
