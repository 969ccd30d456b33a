// How the stads find themselves and their hosts: asked of each of them at the same time.
import { examinationSubject, Fault, type examination } from '@permafrost/events';
import type { operator } from '@permafrost/proto';
import { isAlive, rootsByPath } from '@permafrost/workflow-core';
import { askStad } from '../inquiries/ask-stad.ts';
import type { Context } from '../services/context.ts';
import { registriesOf } from './repo-view.ts';

/** A sound stad answers at once; one that waits for a disk may never do. */
const ANSWER_MS_MAX = 10_000;

type Asking = Pick<Context, 'engine' | 'journal' | 'clock'>;

export async function examineHosts(
  context: Asking,
  signal: AbortSignal,
  answerMsMax: number = ANSWER_MS_MAX,
): Promise<operator.ExamineHostsResponse> {
  const roots: operator.RegistryRoot[] = [];
  for await (const found of registriesOf(context.engine))
    for (const { globalRoot, host, hostRoot } of rootsByPath(found))
      roots.push({ registry: found.name, globalRoot, host, hostRoot });
  const nowMs = context.clock.nowMs();
  const stads = (await context.journal.present()).filter(
    (who) => who.daemon === 'stad' && isAlive(who, nowMs),
  );
  const names = new Set([...roots, ...stads].map(({ host }) => host));
  const hosts = [...names].sort().map(async (host) => {
    const directories = roots.filter((root) => root.host === host).map(({ hostRoot }) => hostRoot);
    return await examinedHost(context, { host, directories, answerMsMax }, signal);
  });
  return { roots, hosts: await Promise.all(hosts), nowMs: context.clock.nowMs() };
}

async function examinedHost(
  context: Asking,
  {
    host,
    directories,
    answerMsMax,
  }: Readonly<{ host: string; directories: string[]; answerMsMax: number }>,
  leaving: AbortSignal,
): Promise<operator.ExaminedHost> {
  const { clock } = context;
  const askedMs = clock.nowMs();
  const late = AbortSignal.timeout(answerMsMax);
  const question = { host, question: { directories } };
  const signal = AbortSignal.any([leaving, late]);
  try {
    let value: examination.Examination | undefined;
    for await (const item of askStad(context, examinationSubject, question, signal)) value = item;
    const outcome = value ? ({ $case: 'examination', value } as const) : none(host);
    return { host, askedMs, answeredMs: clock.nowMs(), outcome };
  } catch (error) {
    leaving.throwIfAborted();
    if (!late.aborted && !(error instanceof Fault)) throw error;
    const outcome = error instanceof Fault ? noneBecause(error) : none(host);
    return { host, askedMs, answeredMs: clock.nowMs(), outcome };
  }
}

function none(host: string): operator.ExaminedHost['outcome'] {
  const message = `the stad of host ${host} is there and does not answer`;
  return { $case: 'none', value: { code: 'STAD_SILENT', message } };
}

function noneBecause({ code, message }: Fault): operator.ExaminedHost['outcome'] {
  return { $case: 'none', value: { code, message } };
}
