// Lints the Containerfile; no image is built here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { expect, it } from 'vitest';
import { top } from './programs.ts';

const findings = (text: string): readonly string[] =>
  validate(text).map(({ message }) => (typeof message === 'string' ? message : message.value));
const containerfile = readFileSync(join(top, 'Containerfile'), 'utf8');

it('has a Containerfile without findings', () => {
  expect(findings(containerfile)).toEqual([]);
});

it('would find an instruction that there is none of', () => {
  expect(findings(containerfile.replace('WORKDIR', 'WORKDI'))).toEqual([
    'Unknown instruction: WORKDI',
  ]);
});
