// Holds the reference pages against the code, in both directions.
import { fileURLToPath } from 'node:url';
import { refusals } from '@permafrost/workflow-core';
import { expect, it } from 'vitest';
import { eventRows } from './event-table.ts';
import { faultCodes } from './fault-codes.ts';
import { tableRows } from './markdown-table.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const errors = tableRows(`${top}docs/errors.md`);
const events = tableRows(`${top}docs/events.md`);

it('docs/events.md has each wire type that is acted on, and no other', () => {
  const documented = events
    .filter(([, code]) => /^\d+$/.test(code ?? ''))
    .map(([stream, code, name, type]) => ({ stream, code: Number(code), name, type }));
  expect(documented).toEqual(eventRows());
});

it('docs/events.md says what each event means, and no other', () => {
  const streams = ['main', 'registry', 'repo', 'workflow', 'index'];
  const explained = events
    .filter(([stream = '', type = '']) => streams.includes(stream) && /^[A-Z][a-zA-Z]+$/.test(type))
    .map(([stream, type]) => `${stream ?? ''} ${type ?? ''}`);
  const known = eventRows().map(({ stream, type }) => `${stream} ${type}`);
  expect(explained.toSorted()).toEqual([...new Set(known)].toSorted());
});

it('docs/errors.md has each refusal with its class, text and remedy, and no other', () => {
  const classes = ['state', 'unknown', 'argument', 'exists'];
  const documented = errors.filter(
    ([code = '', kind = '']) => /^[A-Z_]+$/.test(code) && classes.includes(kind),
  );
  const known = Object.entries(refusals).map(([code, info]) => [
    code,
    info.class,
    info.text,
    info.remedy,
  ]);
  expect(documented.toSorted()).toEqual(known.toSorted());
});

it('docs/errors.md has each error code of the sources, and no other', () => {
  const documented = errors
    .filter(
      ([code = '', retry = '']) =>
        /^[A-Z_]+$/.test(code) && /^(later|never|error|warning)$/.test(retry),
    )
    .map(([code]) => code);
  expect([...new Set(documented)].toSorted()).toEqual([...faultCodes(top)].toSorted());
});
