import { pino } from 'pino';
import { expect, test } from 'vitest';
import { PrettyLines } from './pretty-lines.ts';

const evil = 'a\u001b[2J\u009b1A\u202e\r\n[09:00:00.000] INFO (regd): all is well';

/** What people read of one line, without its time. */
function shown(fields: object, message: string, { colorize = false } = {}): string {
  let text = '';
  const lines = new PrettyLines({ write: (line) => void (text += line) }, { colorize });
  pino({ name: 'stad', base: { pid: 1 } }, lines).warn(fields, message);
  return text.replace(/^\[\d\d:\d\d:\d\d\.\d{3}\] /, '');
}

test('fields stand behind the message, on one line', () => {
  expect(shown({ workflow: 'w', step: 'stad:verify' }, 'work on files failed')).toBe(
    'WARN (stad): work on files failed {"workflow":"w","step":"stad:verify"}\n',
  );
});

test('errors come with their cause and stack', () => {
  const text = shown({ err: new Error('no freeze', { cause: new Error('chattr failed') }) }, 'x');
  expect(text).toMatch(/^WARN \(stad\): x \n {4}err: \{\n/);
  expect(text).toMatch(/\n +Error: no freeze\n +at .*\n +caused by: Error: chattr failed\n/s);
});

test.for([
  ['the message', {}, evil],
  ['a field', { path: evil }, 'x'],
  ['a field below another', { paths: [{ path: evil }] }, 'x'],
  ['an error', { err: new Error(evil, { cause: new Error(evil) }) }, 'x'],
] as const)('%s cannot command the terminal, nor forge a line', ([, fields, message]) => {
  const text = shown(fields, message);
  expect(text).toContain(String.raw`a\u{1b}[2J\u{9b}1A\u{202e}\u{d}`);
  expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  expect(text).not.toMatch(/^\[09/m);
});

test('colours are for who can see them', () => {
  expect(shown({}, 'x', { colorize: true })).toContain('\u001b[33mWARN');
});
