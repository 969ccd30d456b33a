// What a freeze looks at before it changes anything.
import { closeSync, fstatSync } from 'node:fs';
import type { FreezePolicy, OpenWriters, Watch } from '@permafrost/workflow-core';
import type { AttributeDriver } from '../tree/attribute-driver.ts';
import { openTop } from '../tree/top.ts';
import { concernsOf, refusal, told, whyNotPrivileged } from './obstacles.ts';
import { findOpenFiles } from './open-files.ts';
import { TreeSurvey } from './tree-survey.ts';

export type Surroundings = Readonly<{
  driver: AttributeDriver;
  roots: readonly string[];
  /** From which directory on no symlink may lead to a path; undefined: any may. */
  hostRootOf: (path: string) => Promise<string | undefined>;
}>;

/**
 * As `examine` of the port. That the file system keeps the attribute is not asked here: the first
 * thing that the walk does is to read it of the top, and where that fails it sets nothing.
 */
export async function examine(
  { driver, roots, hostRootOf }: Surroundings,
  path: string,
  { policy, watch }: Readonly<{ policy: FreezePolicy; watch: Watch }>,
): Promise<OpenWriters | undefined> {
  const { fd, mountPoints } = await openTop(path, roots, { hostRoot: await hostRootOf(path) });
  const { dev } = fstatSync(fd, { bigint: true });
  closeSync(fd);
  const unprivileged = whyNotPrivileged(driver, path);
  if (unprivileged) throw unprivileged;
  const openFiles = policy.ifBusy === 'force' ? undefined : await findOpenFiles(watch.signal);
  const isAnyOpen = openFiles?.isAnyOn(dev) ?? false;
  if (policy.ifLinked === 'force' && !isAnyOpen) return undefined;
  const survey = new TreeSurvey({ path, mountPoints }, openFiles);
  await survey.run(watch);
  const concerns = concernsOf(survey, policy);
  const refused = concerns.find(({ isRefused }) => isRefused);
  if (refused) throw refusal(refused);
  const busy = concerns.find(({ code }) => code === 'FILES_BUSY');
  if (!busy) return undefined;
  return {
    message: told(busy),
    remain: async (signal) => {
      const now = await findOpenFiles(signal);
      return survey.busyFiles.some((file) => now.writerOf(file) !== undefined);
    },
  };
}
