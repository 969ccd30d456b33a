// What people should know of a tree before it is frozen or thawed, though it stands in nobody's way.
import type { plan } from '@permafrost/events';
import type { OpenFiles } from '../survey/open-files.ts';
import type { Examples, TreeSurvey } from '../survey/tree-survey.ts';
import type { Mount } from '../tree/mounts.ts';

/** File systems whose files other machines may have open, too. */
const NETWORK_TYPE =
  /^(nfs4?|cifs|smb3|9p|ceph|lustre|gpfs|glusterfs|afs|beegfs|fuse(blk)?(\..*)?)$/;

export function notesOnMount(mount: Mount | undefined): readonly plan.PlanFinding[] {
  if (!mount || !NETWORK_TYPE.test(mount.type)) return [];
  return [
    note('NETWORK_MOUNT', {
      message: `it is mounted as ${mount.type}: what other machines have open is not seen`,
    }),
  ];
}

export function notesOnTree({ special, mounts, undecodable }: TreeSurvey): plan.PlanFinding[] {
  const notes: readonly (readonly [string, string, Examples])[] = [
    ['SPECIAL_FILES', 'fifos, sockets and devices are skipped', special],
    ['NESTED_MOUNTS', 'mounts in it are not entered', mounts],
    ['UNDECODABLE_NAMES', 'names are not UTF-8', undecodable],
  ];
  return notes.flatMap(([code, message, { count, first }]) =>
    count > 0 ? [note(code, { message, count, examples: first })] : [],
  );
}

export function unseenProcesses(openFiles: OpenFiles | undefined): readonly plan.PlanFinding[] {
  const count = openFiles?.processesUnseen ?? 0;
  if (count === 0) return [];
  const message = 'processes could not be looked into: what they have open is not seen';
  return [note('PROCESSES_UNSEEN', { message, count })];
}

function note(
  code: string,
  { message, count = 0, examples = [] }: { message: string; count?: number; examples?: string[] },
): plan.PlanFinding {
  return { code, isObstacle: false, message, count, examples };
}
