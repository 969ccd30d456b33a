import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { Failure } from './failure.ts';
import { globalPathOf } from './global-path.ts';

const here = process.cwd();
const above = resolve('..');
const root = (globalRoot: string, hostRoot: string) => ({ globalRoot, hostRoot });

it.each([
  ['below a root of the same name', 'scan', [root(here, here)], `${here}/scan`],
  ['below a root of another name', 'a/../scan', [root('/lab', here)], '/lab/scan'],
  ['the root itself', '.', [root('/lab', here)], '/lab'],
  ['above the current directory', '../scan', [root('/lab', above)], '/lab/scan'],
  ['where two hosts agree', 'scan', [root('/lab', here), root('/lab', here)], '/lab/scan'],
  ['where the root is all', 'scan', [root('/', '/')], `${here}/scan`],
])('%s', (_, path, roots, expected) => {
  expect(globalPathOf(path, roots)).toBe(expected);
});

it.each([
  ['nothing is below it', 'scan', [root('/lab', '/elsewhere')]],
  ['a name that only begins like it', 'scan', [root('/lab', here.slice(0, -1))]],
  ['two roots could be meant', 'scan', [root('/lab', here), root('/old', above)]],
])('is refused when %s', (_, path, roots) => {
  expect(() => globalPathOf(path, roots)).toThrow(Failure);
});
