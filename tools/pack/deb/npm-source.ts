// Where the packages of npm lie that go into the Debian package: in the checkout, so that the versions
// are those that were tested; what only another machine needs is fetched.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { top } from '../programs.ts';

export type Manifest = Readonly<{
  version: string;
  dependencies?: Readonly<Record<string, string>>;
  optionalDependencies?: Readonly<Record<string, string>>;
}>;

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folder of a package as Node finds it from another folder of the checkout. */
export function findPackage(name: string, from: string): string | undefined {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  return from === top ? undefined : findPackage(name, dirname(from));
}

/** Downloads a package; resolves to its folder. */
export async function fetchPackage(name: string, version: string, into: string): Promise<string> {
  const folder = join(into, `${name.replace('/', '-')}-${version}`);
  if (existsSync(join(folder, 'package.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  const quiet = ['--prefer-offline', '--silent', '--pack-destination', folder];
  const { stdout } = await execa('npm', ['pack', ...quiet, `${name}@${version}`]);
  await execa('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder, '--strip-components=1']);
  return folder;
}
