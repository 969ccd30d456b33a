// Answers regd's questions about what is recorded of a repo's files: records them now, or tells what
// differs from the last record. Both hold the repo's lock, as freezes and thaws do.
import {
  Fault,
  parseUuid,
  statStatusSubject,
  statSubject,
  type Engine,
  type Uuid,
} from '@permafrost/events';
import {
  repo,
  responderTo,
  type RepoLock,
  type Responder,
  type ShadowLocation,
} from '@permafrost/workflow-core';
import { textOfBytes } from '../shadow/byte-string.ts';
import type { GitShadowRepo } from '../shadow/git-shadow-repo.ts';

/** The repo is not in a state in which its files can be looked at. */
export class NotNowError extends Fault {
  readonly code = 'REPO_NOT_AT_REST';
  readonly retry = 'later';
}

export type StatWorld = Readonly<{
  engine: Engine;
  /** The file host whose repos are served. */
  host: string;
  shadow: GitShadowRepo;
  lock: RepoLock;
}>;

export function statResponders(world: StatWorld): readonly Responder[] {
  const { shadow } = world;
  return [
    responderTo(statSubject, async function* (question, signal) {
      const { authorName: name, authorEmail: email, mtimeRangeOnly } = question;
      yield await atRest(world, question.repoId, signal, (location, attrs) => {
        const request = { author: { name, email }, attrs, mtimeRangeOnly };
        return shadow.snapshot(location, request, { signal, onStep: () => undefined });
      });
    }),
    responderTo(statStatusSubject, async function* ({ repoId }, signal) {
      const lines = await atRest(world, repoId, signal, (location) =>
        shadow.status(location, { signal, onStep: () => undefined }),
      );
      for (const { mark, path } of lines) yield { mark, path: textOfBytes(path) };
    }),
  ];
}

/** Works while the lock is held and no workflow has the repo in hand. Throws {@link NotNowError}. */
async function atRest<T>(
  { engine, host, lock }: StatWorld,
  id: string,
  signal: AbortSignal,
  work: (location: ShadowLocation, attrs: '' | 'i') => Promise<T>,
): Promise<T> {
  const repoId: Uuid = parseUuid(id);
  return lock.hold(repoId, signal, async () => {
    const { init, shadowPath, storage } = (await engine.find(repo, repoId)).state;
    if (init?.fileHost !== host || shadowPath === '') {
      throw new NotNowError(`repo ${id} is not set up on host ${host}`);
    }
    const { tier } = storage;
    if (tier === 'freezing' || tier === 'unfreezing') {
      throw new NotNowError(`${init.globalPath} is ${tier}: a workflow has it in hand`);
    }
    return work({ repoId, hostPath: init.hostPath }, tier === 'frozen' ? 'i' : '');
  });
}
