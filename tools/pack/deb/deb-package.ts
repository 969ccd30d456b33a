// The Debian package: all three programs, and the Node that they run on.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { version } from '../programs.ts';
import { sourceDate } from '../source-date.ts';
import type { Architecture } from './architecture.ts';
import { writeControl } from './control.ts';
import { layOut } from './files.ts';

export type Compression = 'xz' | 'none';

/** Builds it below `out`; resolves to its path. */
export async function packDeb(
  architecture: Architecture,
  out: string,
  compression: Compression = 'xz',
): Promise<string> {
  const root = join(out, `deb-${architecture.debian}`);
  rmSync(root, { recursive: true, force: true });
  // Directories and files that are made now are for everybody to read, whoever makes them.
  process.umask(0o022);
  mkdirSync(root, { recursive: true });
  await layOut(root, architecture, out);
  writeControl(root, architecture);
  const path = join(out, `permafrost_${version}_${architecture.debian}.deb`);
  const flags = ['--root-owner-group', `-Z${compression}`];
  await execa('dpkg-deb', [...flags, '--build', root, path], {
    env: { SOURCE_DATE_EPOCH: await sourceDate() },
  });
  rmSync(root, { recursive: true });
  return path;
}
