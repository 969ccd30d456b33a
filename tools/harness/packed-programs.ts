// The programs as a site gets them: packed, and installed into a folder of their own.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { packNpm } from '../pack/npm/npm-package.ts';
import { programs } from '../pack/programs.ts';
import { installedPrograms, type Programs } from './programs.ts';

/** Packs all three and installs them below `folder`, which stays the caller's to remove. */
export async function installPacked(folder: string): Promise<Programs> {
  const site = join(folder, 'site');
  await mkdir(site);
  await writeFile(join(site, 'package.json'), '{}');
  const tarballs: string[] = [];
  for (const program of programs) tarballs.push(await packNpm(program, folder));
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await execa('npm', ['install', ...quiet, ...tarballs], { cwd: site });
  return installedPrograms(join(site, 'node_modules'));
}
