// Answers regd's questions about what is recorded of a repo's files: records them now, or tells what
// differs from the last record. Both hold the repo's lock, as freezes and thaws do.
import { statStatusSubject, statSubject } from '@permafrost/events';
import { responderTo, type Responder } from '@permafrost/workflow-core';
import { atRest, type RestWorld } from '../inquiries/at-rest.ts';
import { textOfBytes } from '../byte-string.ts';
import type { GitShadowRepo } from '../shadow/git-shadow-repo.ts';

export type StatWorld = RestWorld & Readonly<{ shadow: GitShadowRepo }>;

export function statResponders(world: StatWorld): readonly Responder[] {
  const { shadow } = world;
  return [
    responderTo(statSubject, async function* (question, signal) {
      const { authorName: name, authorEmail: email, mtimeRangeOnly } = question;
      yield await atRest(world, question.repoId, signal, ({ location, tier }) => {
        const attrs = tier === 'frozen' ? 'i' : '';
        const request = { author: { name, email }, attrs, mtimeRangeOnly } as const;
        return shadow.snapshot(location, request, { signal, onStep: () => undefined });
      });
    }),
    responderTo(statStatusSubject, async function* ({ repoId }, signal) {
      const lines = await atRest(world, repoId, signal, ({ location }) =>
        shadow.status(location, { signal, onStep: () => undefined }),
      );
      for (const { mark, path } of lines) yield { mark, path: textOfBytes(path) };
    }),
  ];
}
