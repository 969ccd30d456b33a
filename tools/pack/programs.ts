// What is packed: one npm package for each program, and the one version of them all.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The top of the checkout. */
export const top: string = join(import.meta.dirname, '../..');

/** The version of everything that is packed, as the package.json of the checkout has it. */
export const version: string = (
  JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string }
).version;

export type Program = Readonly<{
  /** Of the npm package and of the command. */
  name: string;
  /** Of its workspace, from the top of the checkout. */
  folder: string;
  description: string;
}>;

export const programs: readonly Program[] = [
  {
    name: 'permafrost-regd',
    folder: 'apps/regd',
    description: 'Registry daemon of Permafrost: serves the registries over gRPC.',
  },
  {
    name: 'permafrost-stad',
    folder: 'apps/stad',
    description: 'Storage daemon of Permafrost: freezes and thaws the files of one host.',
  },
  {
    name: 'permafrost',
    folder: 'apps/cli',
    description: 'Command line of Permafrost, which freezes research data where it lies.',
  },
];
