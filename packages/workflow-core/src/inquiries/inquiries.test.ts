import {
  JournalUnavailableError,
  randomUuid,
  type MessageType,
  type Presence,
  type Subject,
} from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FilesFault } from '../ports/files.ts';
import { settled } from '../testing/agenda.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLog } from '../testing/recording-log.ts';
import { answerInquiries } from './answer-inquiries.ts';
import { ask } from './ask.ts';
import { responderTo, type Responder } from './responder.ts';

const text: MessageType<string> = {
  encode: (message) => ({ finish: () => new TextEncoder().encode(message) }),
  decode: (bytes) => new TextDecoder().decode(bytes),
};
const echo: Subject<string, string> = { kind: 'echo', question: text, item: text };

const host = 'fs1';
let journal: MemoryJournal;
let clock: FakeClock;
let log: RecordingLog;
let stop: AbortController;
let stads: Promise<void>[];

beforeEach(() => {
  journal = new MemoryJournal();
  clock = new FakeClock();
  log = new RecordingLog();
  stop = new AbortController();
  stads = [];
});

afterEach(async () => {
  stop.abort();
  await Promise.all(stads);
});

async function announce(more: Partial<Presence> = {}): Promise<Presence> {
  const nowMs = clock.nowMs();
  const who: Presence = {
    ...{ instance: randomUuid(), daemon: 'stad', host, pid: 7, version: '1' },
    ...{ sinceMs: nowMs, heartbeatMs: nowMs + 1e9, ...more },
  };
  await journal.announce(who);
  return who;
}

/** A stad that answers questions of the kind `echo`. */
async function startStad(
  respond: (question: string, signal: AbortSignal) => AsyncIterable<string>,
  atOnceMax?: number,
): Promise<Presence> {
  const who = await announce();
  const responders: Responder[] = [responderTo(echo, respond)];
  const { instance } = who;
  const options = { journal, host, instance, responders, clock, log };
  stads.push(answerInquiries({ ...options, ...(atOnceMax && { atOnceMax }) }, stop.signal));
  return who;
}

const never = new AbortController().signal;

function asking(question: string, signal: AbortSignal = never): AsyncGenerator<string> {
  return ask({ journal, clock }, echo, { id: randomUuid(), host, question }, signal);
}

async function letters(question: string): Promise<string[]> {
  const items: string[] = [];
  for await (const item of asking(question)) items.push(item);
  return items;
}

async function* spell(word: string): AsyncGenerator<string> {
  await Promise.resolve();
  yield* word;
}

/** Says its first word, and then nothing until it is told to end. */
async function* hesitate(word: string, signal: AbortSignal): AsyncGenerator<string> {
  yield word;
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

async function nothingIsLeft(): Promise<void> {
  await settled();
  expect(await journal.inquiries.open(host)).toEqual([]);
}

describe('a question', () => {
  test('is answered item by item, and leaves nothing behind', async () => {
    await startStad(spell);
    expect(await letters('ice')).toEqual(['i', 'c', 'e']);
    expect(await letters('')).toEqual([]);
    await nothingIsLeft();
  });

  test('is answered by one stad of the host', async () => {
    let answers = 0;
    const count = (word: string): AsyncGenerator<string> => (answers++, spell(word));
    await startStad(count);
    await startStad(count);
    expect(await letters('a')).toEqual(['a']);
    expect(answers).toBe(1);
  });

  test('fails at once where no stad of the host is alive', async () => {
    await announce({ host: 'other' });
    await announce({ heartbeatMs: clock.nowMs() - 3_600_000 });
    const absent = {
      code: 'STAD_ABSENT',
      retry: 'later',
      message: 'no stad of host fs1 is running',
    };
    await expect(letters('a')).rejects.toMatchObject(absent);
    await nothingIsLeft();
  });

  test('fails when the last stad of the host leaves without having taken it', async () => {
    const who = await announce();
    const untaken = letters('a');
    untaken.catch(() => undefined);
    await settled();
    await journal.withdraw(who.instance);
    await clock.advance(3000);
    await expect(untaken).rejects.toMatchObject({ code: 'STAD_ABSENT' });
  });

  test('waits for a stad that has others to answer', async () => {
    await announce();
    const answer = letters('late');
    await clock.advance(20_000);
    await startStad(spell);
    await clock.advance(1000);
    expect(await answer).toEqual(['l', 'a', 't', 'e']);
  });

  test('waits for a stad that tells something from time to time, however long it takes', async () => {
    await startStad(async function* (word, signal) {
      for (const letter of word) {
        await clock.sleep(9 * 60_000, signal);
        yield letter;
      }
    });
    const answer = letters('ice');
    await clock.advance(28 * 60_000);
    expect(await answer).toEqual(['i', 'c', 'e']);
  });

  test('fails when the stad that took it dies, after what that has told', async () => {
    await announce();
    const who = await startStad(hesitate);
    const answer = asking('half');
    expect(await answer.next()).toEqual({ value: 'half', done: false });
    const rest = answer.next();
    rest.catch(() => undefined);
    await journal.withdraw(who.instance);
    await clock.advance(3000);
    const message = 'the stad of host fs1 has gone without an answer';
    await expect(rest).rejects.toMatchObject({ code: 'STAD_GONE', message });
  });

  test('fails when no stad takes it, and when the one that took it stays silent', async () => {
    await announce();
    const untaken = letters('a');
    untaken.catch(() => undefined);
    await clock.advance(40_000);
    const busy = { code: 'STAD_BUSY', message: 'the stad of host fs1 has not come to it yet' };
    await expect(untaken).rejects.toMatchObject(busy);
    await startStad((_, signal) => hesitate('', signal));
    const silent = letters('a');
    silent.catch(() => undefined);
    await clock.advance(11 * 60_000);
    await expect(silent).rejects.toMatchObject({
      code: 'STAD_SILENT',
      message: 'the stad of host fs1 (process 7) has not said anything for long',
    });
  });

  test('tells what stad could not do, with its code', async () => {
    await startStad(async function* (word) {
      yield* spell(word);
      throw new FilesFault('FILES_MISSING', '/d is not there', { retry: 'never' });
    });
    const answer = asking('i');
    expect((await answer.next()).value).toBe('i');
    const failure = { code: 'FILES_MISSING', message: '/d is not there', retry: 'never' };
    await expect(answer.next()).rejects.toMatchObject(failure);
    const told = { level: 'warn', kind: 'echo', inquiry: expect.any(String) as string };
    expect(log.take('question not answered')).toMatchObject([{ ...told, err: failure }]);
    await nothingIsLeft();
  });

  test('of an unknown kind is told so', async () => {
    await startStad(spell);
    const other = { ...echo, kind: 'other' };
    const question = { id: randomUuid(), host, question: '' };
    const answer = ask({ journal, clock }, other, question, never);
    await expect(answer.next()).rejects.toMatchObject({
      code: 'INQUIRY_UNKNOWN',
      retry: 'never',
      message: 'the stad of host fs1 knows no answer to other: its version is another',
    });
  });

  test('that meets a bug is told no detail, and stad goes on', async () => {
    await startStad((word) => {
      if (word === 'bug') throw new TypeError('undefined is not a function');
      return spell(word);
    });
    await expect(letters('bug')).rejects.toMatchObject({
      code: 'ANSWER_DEFECTIVE',
      message: 'an internal error; the log of stad tells more',
      retry: 'never',
    });
    expect(log.take('question not answered')).toMatchObject([
      { level: 'error', err: { message: 'undefined is not a function' } },
    ]);
    expect(await letters('b')).toEqual(['b']);
  });
});

describe('an answer that is not wanted any more', () => {
  test('ends when the one who asked leaves', async () => {
    const ended = Promise.withResolvers<undefined>();
    await startStad(async function* (word, signal) {
      yield* hesitate(word, signal);
      ended.resolve(undefined);
    });
    for await (const word of asking('enough')) {
      expect(word).toBe('enough');
      break;
    }
    await clock.advance(1000);
    await ended.promise;
    await nothingIsLeft();
  });

  test('ends also where stad does not heed that, and is no trouble to tell of', async () => {
    let made = 0;
    await startStad(async function* (word, signal) {
      while (!signal.aborted) {
        yield word;
        await clock.sleep(1000, signal);
      }
      for (; made < 1000; made++) yield word;
      throw new FilesFault('FILES_CANCELLED', 'cancelled', { retry: 'later' });
    });
    const answer = asking('more');
    await answer.next();
    await answer.return(undefined);
    await clock.advance(1000);
    expect(made).toBe(0);
    expect(log.lines).toEqual([]);
  });

  test('that fails because of that is no trouble to tell of', async () => {
    await startStad(async function* (word, signal) {
      yield* hesitate(word, signal);
      throw new FilesFault('FILES_CANCELLED', 'cancelled', { retry: 'later' });
    });
    const answer = asking('enough');
    await answer.next();
    await answer.return(undefined);
    await clock.advance(1000);
    expect(log.lines).toEqual([]);
  });

  test('ends when the one who asked is told to, with the reason given', async () => {
    await startStad(hesitate);
    const leave = new AbortController();
    const answer = asking('a', leave.signal);
    await answer.next();
    const rest = answer.next();
    leave.abort(new Error('the client has left'));
    await expect(rest).rejects.toThrow('the client has left');
    await nothingIsLeft();
  });

  test('ends with the stad, which says so', async () => {
    await startStad(hesitate);
    const answer = asking('a');
    await answer.next();
    const rest = answer.next();
    rest.catch(() => undefined);
    stop.abort();
    await expect(rest).rejects.toMatchObject({
      code: 'STAD_STOPPING',
      retry: 'later',
      message: 'the stad of host fs1 is stopping',
    });
    await Promise.all(stads);
  });

  test('is not begun when it was asked for long ago', async () => {
    const body = new Uint8Array();
    const askedMs = clock.nowMs() - 60_000;
    await journal.inquiries.ask({ id: randomUuid(), host, kind: 'echo', body, askedMs });
    let answers = 0;
    await startStad((word) => (answers++, spell(word)));
    await clock.advance(60_000);
    expect(answers).toBe(0);
  });
});

describe('stad', () => {
  test('answers a few at once, and the others after them', async () => {
    const gates = new Map<string, PromiseWithResolvers<undefined>>();
    await startStad(async function* (word) {
      const gate = Promise.withResolvers<undefined>();
      gates.set(word, gate);
      await gate.promise;
      yield word;
    }, 2);
    const answers = ['a', 'b', 'c'].map(letters);
    await settled();
    expect(gates.size).toBe(2);
    for (const gate of gates.values()) gate.resolve(undefined);
    await settled();
    expect(gates.size).toBe(3);
    for (const gate of gates.values()) gate.resolve(undefined);
    expect(await Promise.all(answers)).toEqual([['a'], ['b'], ['c']]);
  });

  test('waits while much of an answer was not read yet', async () => {
    const item = 'x'.repeat(20_000);
    let made = 0;
    await startStad(async function* () {
      for (; made < 500; made++) {
        await Promise.resolve();
        yield item;
      }
    });
    const answer = asking('much');
    await answer.next();
    await clock.advance(5000);
    expect(made).toBeLessThan(100);
    let read = 1;
    for (let next = answer.next(); ; next = answer.next()) {
      const [{ done }] = await Promise.all([next, clock.advance(50)]);
      if (done) break;
      read++;
    }
    expect(read).toBe(500);
  });

  test('goes on after a fault of the journal', async () => {
    const open = journal.inquiries.open.bind(journal.inquiries);
    let failures = 1;
    journal.inquiries.open = (name) =>
      failures-- > 0 ? Promise.reject(new JournalUnavailableError('locked')) : open(name);
    await startStad(spell);
    const answer = letters('a');
    await clock.advance(6000);
    expect(await answer).toEqual(['a']);
    const told = { level: 'warn', err: { message: 'locked' } };
    expect(log.take('cannot look for questions')).toMatchObject([told]);
  });

  test('goes on after an answer that the journal did not take', async () => {
    const { inquiries } = journal;
    const take = inquiries.answer.bind(inquiries);
    inquiries.answer = () => Promise.reject(new JournalUnavailableError('full'));
    await startStad(spell);
    const lost = letters('a');
    lost.catch(() => undefined);
    await clock.advance(1000);
    expect(log.take('cannot answer')).toMatchObject([{ level: 'warn', err: { message: 'full' } }]);
    inquiries.answer = take;
    expect(await letters('b')).toEqual(['b']);
    await clock.advance(11 * 60_000);
    await expect(lost).rejects.toMatchObject({ code: 'STAD_SILENT' });
  });

  test('does not look any longer for the asker of what is answered', async () => {
    const { inquiries } = journal;
    const unread = inquiries.unread.bind(inquiries);
    let looks = 0;
    inquiries.unread = (id) => (looks++, unread(id));
    await startStad(spell);
    await letters('a');
    await settled();
    const before = looks;
    await clock.advance(5000);
    expect(looks).toBe(before);
  });

  test('ends with a defect in its own looking', async () => {
    journal.inquiries.open = () => Promise.reject(new TypeError('undefined is not a function'));
    await startStad(spell);
    await expect(stads.pop()).rejects.toThrow(TypeError);
  });
});
