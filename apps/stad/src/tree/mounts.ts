// What the kernel says about mounts, read from /proc, which never waits for a disk.
import { readFileSync } from 'node:fs';
import type { ByteName } from './names.ts';

/** The id of the mount that the open descriptor came through: a bind mount has its own. */
export function mountIdOf(fd: number): string {
  const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
  return /^mnt_id:\s*(\d+)/m.exec(info)?.[1] ?? '';
}

export type Mount = Readonly<{
  id: string;
  point: ByteName;
  /** The kind of its file system, such as `ext4`. */
  type: string;
  readOnly: boolean;
}>;

/** Every mount that this process can see; see proc_pid_mountinfo(5). */
export function listMounts(): readonly Mount[] {
  const lines = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  return lines.filter((line) => line !== '').map(parseMount);
}

function parseMount(line: string): Mount {
  const [own = '', shared = ''] = line.split(' - ');
  const [id = '', , , , point = '', options = ''] = own.split(' ');
  const [type = '', , superOptions = ''] = shared.split(' ');
  return {
    id,
    type,
    point: point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    ),
    readOnly: [options, superOptions].some((list) => list.split(',').includes('ro')),
  };
}
