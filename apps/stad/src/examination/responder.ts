// Answers regd's question how this stad finds itself: what it works with, and what may be in the way
// of the next freeze.
import { examinationSubject, type examination } from '@permafrost/events';
import { FilesFault, responderTo, type Clock, type Responder } from '@permafrost/workflow-core';
import type { GitShadowRepo } from '../shadow/git-shadow-repo.ts';
import { missingCapabilities } from '../tree/drivers/privilege.ts';
import type { FlaggedTree } from '../tree/immutable-tree.ts';
import { examineDirectory } from './examine-directory.ts';
import { shadowRoom } from './shadow-room.ts';

export type ExaminedWorld = Readonly<{
  tree: FlaggedTree;
  shadow: GitShadowRepo;
  shadowRoot: string;
  clock: Clock;
}>;

export function examinationResponder(world: ExaminedWorld): Responder {
  return responderTo(examinationSubject, async function* ({ directories }, signal) {
    yield await examine(world, directories, signal);
  });
}

async function examine(
  { tree, shadow, shadowRoot, clock }: ExaminedWorld,
  asked: readonly string[],
  signal: AbortSignal,
): Promise<examination.Examination> {
  const { driver, roots } = tree.surroundings;
  const { capabilitiesOf } = driver;
  const directories: examination.ExaminedDirectory[] = [];
  for (const path of new Set([...roots, ...asked]))
    directories.push(await examineDirectory(path, { driver, roots }, signal));
  return {
    driver: driver.name,
    missingCapabilities: capabilitiesOf ? [...missingCapabilities(capabilitiesOf)] : [],
    ...(await gitOf(shadow, signal)),
    directories,
    shadows: await shadowRoom(shadowRoot),
    nowMs: clock.nowMs(),
  };
}

async function gitOf(
  shadow: GitShadowRepo,
  signal: AbortSignal,
): Promise<Pick<examination.Examination, 'gitVersion' | 'gitTrouble'>> {
  try {
    return { gitVersion: await shadow.gitVersion(signal), gitTrouble: '' };
  } catch (error) {
    if (!(error instanceof FilesFault)) throw error;
    return { gitVersion: '', gitTrouble: error.message };
  }
}
