import { closeSync, fstatSync, openSync } from 'node:fs';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { isJournal, journalLines } from './journal-lines.ts';

test.for([
  ['fatal', 2],
  ['error', 3],
  ['warn', 4],
  ['info', 6],
  ['debug', 7],
  ['trace', 7],
] as const)(
  'a line of level %s has the priority %i, and is JSON behind it',
  ([level, priority]) => {
    let text = '';
    pino({ level: 'trace' }, journalLines({ write: (line) => void (text += line) }))[level]('x');
    const [, told, json = ''] = /^<(\d)>(\{.*\}\n)$/.exec(text) ?? [];
    expect(told).toBe(String(priority));
    expect(JSON.parse(json)).toMatchObject({ msg: 'x' });
  },
);

test('the journal is where systemd says that it is, and not where the stream was led elsewhere', () => {
  const fd = openSync('/dev/null', 'w');
  const { dev, ino } = fstatSync(fd);
  expect(isJournal(fd, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(true);
  expect(isJournal(fd, { JOURNAL_STREAM: `${dev}:${ino + 1}` })).toBe(false);
  expect(isJournal(fd, {})).toBe(false);
  closeSync(fd);
});
