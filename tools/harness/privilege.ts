// Whether this machine can set the immutable attribute, found out by doing it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** The reason why `chattr +i` does not work below `dir`, or undefined if it does. */
export async function whyNoChattr(dir: string = tmpdir()): Promise<string | undefined> {
  const probe = await mkdtemp(join(dir, 'permafrost-probe-'));
  try {
    const { failed, stderr, shortMessage } = await execa('chattr', ['+i', probe], {
      reject: false,
    });
    return failed ? stderr.trim() || shortMessage : undefined;
  } finally {
    await execa('chattr', ['-i', probe], { reject: false });
    await rm(probe, { recursive: true, force: true });
  }
}
