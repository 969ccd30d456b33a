// Answers regd's question what a freeze or thaw of a repo would meet. It takes no lock and does not
// mind a workflow under way: it only looks, and regd tells whether the request would be accepted.
import { directionOf, freezePolicy, parseUuid, planSubject } from '@permafrost/events';
import {
  FilesFault,
  repo,
  responderTo,
  type Responder,
  type ShadowLocation,
  type ShadowRepo,
  type TreeSize,
} from '@permafrost/workflow-core';
import { NotNowError, type RestWorld } from '../inquiries/at-rest.ts';
import { streamed } from '../inquiries/streamed.ts';
import type { FlaggedTree } from '../tree/immutable-tree.ts';
import { Plan } from './plan.ts';

export type PlanWorld = Pick<RestWorld, 'engine' | 'host'> &
  Readonly<{ tree: FlaggedTree; shadow: ShadowRepo }>;

export function planResponder({ engine, host, tree, shadow }: PlanWorld): Responder {
  return responderTo(planSubject, (question, signal) =>
    streamed(async (tell) => {
      const repoId = parseUuid(question.repoId);
      const { init } = (await engine.find(repo, repoId)).state;
      const direction = directionOf(question.direction);
      if (init?.fileHost !== host || !direction) {
        throw new NotNowError(`repo ${question.repoId} is not set up on host ${host}`);
      }
      const location = { repoId, hostPath: init.hostPath };
      const intent = {
        path: init.hostPath,
        direction,
        policy: freezePolicy(question) ?? {},
        recorded: await countedIn(shadow, location, signal),
      };
      await new Plan({ tree, signal, tell }, intent).run();
    }),
  );
}

/** Undefined also where the shadow repo cannot be read: then the time is estimated without it. */
async function countedIn(
  shadow: ShadowRepo,
  location: ShadowLocation,
  signal: AbortSignal,
): Promise<TreeSize | undefined> {
  try {
    return await shadow.counted(location, signal);
  } catch (error) {
    if (!(error instanceof FilesFault)) throw error;
    return undefined;
  }
}
