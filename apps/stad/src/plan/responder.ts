// Answers regd's question what a freeze or thaw of a repo would meet. It takes no lock and does not
// mind a workflow under way: it only looks, and regd tells whether the request would be accepted.
import { directionOf, freezePolicy, parseUuid, planSubject } from '@permafrost/events';
import { repo, responderTo, type Responder } from '@permafrost/workflow-core';
import { NotNowError, type RestWorld } from '../inquiries/at-rest.ts';
import { streamed } from '../inquiries/streamed.ts';
import type { FlaggedTree } from '../tree/immutable-tree.ts';
import { Plan } from './plan.ts';

export type PlanWorld = Pick<RestWorld, 'engine' | 'host'> & Readonly<{ tree: FlaggedTree }>;

export function planResponder({ engine, host, tree }: PlanWorld): Responder {
  return responderTo(planSubject, (question, signal) =>
    streamed(async (tell) => {
      const { init } = (await engine.find(repo, parseUuid(question.repoId))).state;
      const direction = directionOf(question.direction);
      if (init?.fileHost !== host || !direction) {
        throw new NotNowError(`repo ${question.repoId} is not set up on host ${host}`);
      }
      const intent = { path: init.hostPath, direction, policy: freezePolicy(question) ?? {} };
      await new Plan({ tree, signal, tell }, intent).run();
    }),
  );
}
