// Small trees for demos and tests, and a look at their attributes that does not ask Permafrost.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** Writes files, by their path below `top`. */
export async function writeTree(
  top: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(top, path)), { recursive: true });
    await writeFile(join(top, path), content);
  }
}

/** How many files and directories at and below `top` have the immutable attribute, and how many not. */
export async function countImmutable(top: string): Promise<{ immutable: number; mutable: number }> {
  const list = "find . \\( -type f -o -type d \\) -print0 | xargs -0 lsattr -d -- | cut -d' ' -f1";
  const { stdout } = await execa('sh', ['-c', list], { cwd: top });
  const flags = stdout.split('\n');
  const immutable = flags.filter((flag) => flag.includes('i')).length;
  return { immutable, mutable: flags.length - immutable };
}
