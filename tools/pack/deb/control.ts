// What dpkg has to know of the package besides its files.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { top, version } from '../programs.ts';
import type { Architecture } from './architecture.ts';

/** Writes DEBIAN/ for the files that lie below `root`. */
export function writeControl(root: string, architecture: Architecture): void {
  const files = filesBelow(root);
  const debian = join(root, 'DEBIAN');
  mkdirSync(debian);
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(debian, name), lines.map((line) => `${line}\n`).join(''));
  write('control', control(architecture, Math.ceil(sizeOf(files) / 1024)));
  // What the operator has changed there stays.
  const paths = files.map((path) => relative(root, path));
  write(
    'conffiles',
    paths.filter((path) => path.startsWith('etc/')).map((path) => `/${path}`),
  );
  write(
    'md5sums',
    paths
      .filter((path) => !path.startsWith('etc/'))
      .map((path) => `${md5(join(root, path))}  ${path}`),
  );
  for (const script of ['postinst', 'prerm', 'postrm']) {
    cpSync(join(top, 'packaging/deb', script), join(debian, script));
    chmodSync(join(debian, script), 0o755);
  }
}

function control({ debian }: Architecture, sizeKib: number): readonly string[] {
  return [
    'Package: permafrost',
    `Version: ${version}`,
    `Architecture: ${debian}`,
    'Maintainer: The Permafrost developers <permafrost@example.org>',
    `Installed-Size: ${sizeKib}`,
    'Depends: adduser, e2fsprogs, git, libc6 (>= 2.28), libgcc-s1, libstdc++6, procps',
    'Section: admin',
    'Priority: optional',
    'Description: freezes finished research data where it lies',
    ' Sets the immutable attribute on every file and directory of a data set, and',
    ' clears it again, as durable workflows that two daemons carry out together.',
    ' What happened, when, and by whom is kept in a journal and in git.',
  ];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, path) => sum + statSync(path).size, 0);
}

function md5(path: string): string {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}
