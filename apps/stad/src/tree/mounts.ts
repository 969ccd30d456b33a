// What the kernel says about mounts, read from /proc, which never waits for a disk.
import { closeSync, openSync, readFileSync } from 'node:fs';
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

const MOUNTINFO = '/proc/self/mountinfo';

/** Every mount that this process can see; see proc_pid_mountinfo(5). */
export function listMounts(source: string | number = MOUNTINFO): readonly Mount[] {
  const lines = readFileSync(source, 'latin1').split('\n');
  return lines.filter((line) => line !== '').map(parseMount);
}

/** The mounts as they are at one moment. */
export class MountTable implements Disposable {
  /** Open: poll(2) tells on it that mounts are not as they were any more. */
  readonly fd: number = openSync(MOUNTINFO, 'r');
  readonly mounts: readonly Mount[];

  constructor() {
    this.mounts = listMounts(this.fd);
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
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
