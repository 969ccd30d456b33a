// Answers regd's question what of a repo's files is not as recorded.
import { checkSubject, registryId, type check } from '@permafrost/events';
import {
  hostPathOf,
  isWithin,
  registry,
  responderTo,
  rootOf,
  type Log,
  type Registry,
  type Responder,
  type ShadowLocation,
} from '@permafrost/workflow-core';
import { atRest, NotNowError, type RepoAtRest, type RestWorld } from '../inquiries/at-rest.ts';
import { streamed } from '../inquiries/streamed.ts';
import { Check, type CheckedRepo, type CheckParts } from './check.ts';

/** Runs a check and resolves to what it does. */
export type CheckRun = (
  checked: CheckedRepo,
  run: () => Promise<check.CheckSummary>,
) => Promise<check.CheckSummary>;

export type CheckWorld = RestWorld &
  Pick<CheckParts, 'tree' | 'shadow'> &
  Readonly<{
    log: Log;
    /** Given where checks are measured. */
    measured?: CheckRun | undefined;
  }>;

export function checkResponder(world: CheckWorld): Responder {
  return responderTo(checkSubject, ({ repoId }, signal) =>
    streamed(async (tell) => {
      const value = { phase: 'waiting-for-lock', entriesDone: 0, path: '' };
      await tell({ item: { $case: 'progress', value } });
      await atRest(world, repoId, signal, async (found) => {
        const checked = await checkedRepo(world, found);
        const run = (): Promise<check.CheckSummary> =>
          new Check({ ...world, signal, tell }).run(checked);
        const { drifts } = await (world.measured?.(checked, run) ?? run());
        if (drifts.length > 0) tellDrift(world, found, drifts);
      });
    }),
  );
}

/** Metrics tell that there is drift, and this tells where. */
function tellDrift(
  { log, host }: CheckWorld,
  { location: { repoId: repo }, init: { globalPath: path }, tier }: RepoAtRest,
  drifts: readonly check.DriftCount[],
): void {
  const found = drifts.map(({ kind, count }) => `${count} ${kind}`).join(', ');
  // Files that people work on change all the time.
  const level = tier === 'frozen' ? 'warn' : 'info';
  log[level]({ repo, path, host, tier, found }, 'repo not as recorded');
}

async function checkedRepo(
  { engine }: CheckWorld,
  { location, init, tier }: RepoAtRest,
): Promise<CheckedRepo> {
  if (tier !== 'frozen' && tier !== 'online') {
    throw new NotNowError(`${init.globalPath} is ${tier}, neither frozen nor online`);
  }
  const { state } = await engine.find(registry, registryId(init.registry));
  // A root that was removed no longer says which part of the way is the owner's.
  const hostRoot = rootOf(state, init.globalPath)?.hostRoot ?? location.hostPath;
  return { location, hostRoot, tier, inner: reposIn(state, location, init.fileHost) };
}

function reposIn(
  state: Registry,
  { repoId, hostPath }: ShadowLocation,
  host: string,
): readonly string[] {
  return [...state.repos.values()].flatMap(({ id, globalPath }) => {
    const root = rootOf(state, globalPath);
    if (id === repoId || root?.host !== host) return [];
    const path = hostPathOf(root, globalPath);
    return isWithin(path, hostPath) ? [path] : [];
  });
}
