// What a freeze looks at before it changes anything.
import { closeSync, fstatSync } from 'node:fs';
import {
  FilesFault,
  type FilesFaultCode,
  type FreezePolicy,
  type OpenWriters,
  type Watch,
} from '@permafrost/workflow-core';
import type { AttributeDriver } from '../tree/attribute-driver.ts';
import { missingCapabilities } from '../tree/drivers/privilege.ts';
import { printablePath } from '../tree/names.ts';
import { openTop } from '../tree/top.ts';
import { findOpenFiles } from './open-files.ts';
import { TreeSurvey, type Examples } from './tree-survey.ts';

export type Surroundings = Readonly<{ driver: AttributeDriver; roots: readonly string[] }>;

/**
 * As `examine` of the port. That the file system keeps the attribute is not asked here: the first
 * thing that the walk does is to read it of the top, and where that fails it sets nothing.
 */
export async function examine(
  { driver, roots }: Surroundings,
  path: string,
  { policy, watch }: Readonly<{ policy: FreezePolicy; watch: Watch }>,
): Promise<OpenWriters | undefined> {
  const { fd, mountPoints } = await openTop(path, roots);
  const { dev } = fstatSync(fd, { bigint: true });
  closeSync(fd);
  assertPrivileged(driver, path);
  const openFiles = policy.ifBusy === 'force' ? undefined : await findOpenFiles(watch.signal);
  const isAnyOpen = openFiles?.isAnyOn(dev) ?? false;
  if (policy.ifLinked === 'force' && !isAnyOpen) return undefined;
  const survey = new TreeSurvey({ path, mountPoints }, openFiles);
  await survey.run(watch);
  if (policy.ifLinked !== 'force') assertNotLinkedOutside(survey);
  const { busy, busyFiles } = survey;
  if (busy.count === 0) return undefined;
  const message = told('files are in use', busy);
  if (policy.ifBusy !== 'wait')
    throw refuse('FILES_BUSY', `${message}; end that, or use --if-busy`);
  return {
    message,
    remain: async (signal) => {
      const now = await findOpenFiles(signal);
      return busyFiles.some((file) => now.writerOf(file) !== undefined);
    },
  };
}

function assertPrivileged({ capabilitiesOf }: AttributeDriver, path: string): void {
  const missing = capabilitiesOf ? missingCapabilities(capabilitiesOf) : [];
  if (!missing.includes('CAP_LINUX_IMMUTABLE')) return;
  const message = `freeze ${printablePath(path)}: CAP_LINUX_IMMUTABLE is missing`;
  throw refuse('FILES_NO_PRIVILEGE', message);
}

/** A file has one flag, whatever its names: to set it would change what is outside, too. */
function assertNotLinkedOutside(survey: TreeSurvey): void {
  const linked = survey.linkedOutside();
  if (linked.count === 0) return;
  const message = told('hard links leave the tree', linked);
  throw refuse('FILES_LINKED_OUTSIDE', `${message}; copy them, or use --if-linked force`);
}

/** So many may fit a status message, which also is why it begins with what matters most. */
const TOLD_MAX = 3;

function told(what: string, { count, first }: Examples): string {
  const shown = first.slice(0, TOLD_MAX);
  const more = count > shown.length ? `, and ${count - shown.length} more` : '';
  return `${what}: ${shown.join(', ')}${more}`;
}

function refuse(code: FilesFaultCode, message: string): FilesFault {
  return new FilesFault(code, message, { retry: 'never' });
}
