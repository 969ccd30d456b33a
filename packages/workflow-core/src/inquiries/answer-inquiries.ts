// stad's side: takes the questions to its host, one after another comes, and answers a few at once,
// beside its work on files and never in its way.
import { Fault, type AnswerFailure, type Inquiry, type Uuid } from '@permafrost/events';
import { Bell } from '../daemon/bell.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/time.ts';
import { AnswerSender } from './answer-sender.ts';
import { TAKE_MS_MAX, type InquiryJournal } from './ask.ts';
import { AnswerFailedError, type AnswerFailureCode } from './errors.ts';
import type { Responder } from './responder.ts';

export interface AnsweringOptions {
  journal: InquiryJournal;
  host: string;
  /** This start of the daemon, as the noticeboard knows it. */
  instance: Uuid;
  responders: readonly Responder[];
  clock: Clock;
  log: Log;
  /** How many questions are answered at the same time; the others wait. */
  atOnceMax?: number;
}

const AT_ONCE_MAX = 4;
/** How often is looked without news: a wake-up may be lost. */
const LOOK_MS = 5000;
/** How often is looked whether somebody still waits for an answer. */
const WANTED_LOOK_MS = 250;

/** Runs until the signal is aborted, and then until the answers under way have ended. */
export async function answerInquiries(
  options: AnsweringOptions,
  signal: AbortSignal,
): Promise<void> {
  const { journal, clock, log, atOnceMax = AT_ONCE_MAX } = options;
  const running = new Set<Promise<void>>();
  using bell = new Bell(journal, clock);
  while (!signal.aborted) {
    await forgiving(log, 'cannot look for questions', async () => {
      for (const inquiry of await openOf(options)) {
        if (running.size >= atOnceMax) break;
        if (!(await journal.inquiries.take(inquiry.id, options.instance))) continue;
        const run = answerOne(options, inquiry, signal).finally(() => {
          running.delete(run);
          bell.ring();
        });
        running.add(run);
      }
    });
    await bell.next(LOOK_MS, signal);
  }
  await Promise.all(running);
}

/** Who asked longer ago than that has given up, or did not live to take the question back. */
async function openOf({ journal, host, clock }: AnsweringOptions): Promise<readonly Inquiry[]> {
  const sinceMs = clock.nowMs() - TAKE_MS_MAX;
  return (await journal.inquiries.open(host)).filter(({ askedMs }) => askedMs >= sinceMs);
}

async function answerOne(
  options: AnsweringOptions,
  inquiry: Inquiry,
  stopping: AbortSignal,
): Promise<void> {
  const { journal, clock, log } = options;
  const unwanted = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([stopping, unwanted.signal]);
  const { inquiries } = journal;
  const sender = new AnswerSender({ inquiries, clock }, { id: inquiry.id, signal });
  const watching = (async () => {
    while (!ended.signal.aborted) {
      await forgiving(log, 'cannot look whether an answer is wanted', () => sender.look());
      if (sender.isUnwanted) unwanted.abort();
      await clock.sleep(WANTED_LOOK_MS, ended.signal);
    }
  })();
  try {
    await forgiving(log, 'cannot answer', () =>
      respond(options, inquiry, { sender, signal, stopping }),
    );
  } finally {
    ended.abort();
    await watching;
  }
}

type Course = Readonly<{
  sender: AnswerSender;
  /** Aborted when the answer shall end early. */
  signal: AbortSignal;
  stopping: AbortSignal;
}>;

/** Throws what the journal throws; what the responder throws is told to who has asked. */
async function respond(
  { log, host, responders }: AnsweringOptions,
  { id, kind, body }: Inquiry,
  { sender, signal, stopping }: Course,
): Promise<void> {
  let failure: AnswerFailure | undefined;
  try {
    const responder = responders.find((one) => one.kind === kind);
    if (!responder) throw new AnswerFailedError(unknownKind(host, kind));
    for await (const item of responder.respond(body, signal)) {
      await sender.send(item);
      if (signal.aborted) break;
    }
  } catch (error) {
    failure = failureOf(error);
    if (!signal.aborted) {
      const level = error instanceof Fault ? 'warn' : 'error';
      log[level]({ inquiry: id, kind, err: error }, 'question not answered');
    }
  }
  await sender.end(stopping.aborted ? isStopping(host) : failure);
}

/** A question may be lost, and whoever asked finds that out: stad goes on. */
async function forgiving(log: Log, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.warn({ err: error }, what);
  }
}

function failureOf(error: unknown): AnswerFailure {
  if (error instanceof Fault)
    return { code: error.code, message: error.message, retry: error.retry };
  const code: AnswerFailureCode = 'ANSWER_DEFECTIVE';
  return { code, message: 'an internal error; the log of stad tells more', retry: 'never' };
}

function unknownKind(host: string, kind: string): AnswerFailure {
  const code: AnswerFailureCode = 'INQUIRY_UNKNOWN';
  const message = `the stad of host ${host} knows no answer to ${kind}: its version is another`;
  return { code, message, retry: 'never' };
}

function isStopping(host: string): AnswerFailure {
  const code: AnswerFailureCode = 'STAD_STOPPING';
  return { code, message: `the stad of host ${host} is stopping`, retry: 'later' };
}
