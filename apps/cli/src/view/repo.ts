// How a repo is shown.
import { GetRepoO_StorageTierCode, type operator } from '@permafrost/proto';
import { form } from '../output/table.ts';
import type { Paint } from '../output/terminal.ts';
import { timeAgo } from '../output/time.ts';
import { tierWord } from './tier.ts';
import { workflowHeadline, workflowSituationInFull } from './workflow.ts';

/** A repo for programs: as regd tells it, with words for tiers. */
export type RepoValue = Omit<operator.Repo, 'registryTier' | 'repoTier'> &
  Readonly<{ tier: string; registryTier: string; repoTier: string }>;

export function repoValue(repo: operator.Repo): RepoValue {
  return {
    ...repo,
    tier: repoTier(repo),
    registryTier: tierWord(repo.registryTier),
    repoTier: tierWord(repo.repoTier),
  };
}

/**
 * The one tier to show. While the two histories differ, the registry is ahead at the begin of a
 * step and the repo is not usable before both agree.
 */
export function repoTier({ registryTier, repoTier: own }: operator.Repo): string {
  const isSetUp =
    registryTier !== GetRepoO_StorageTierCode.ST_UNSPECIFIED &&
    own !== GetRepoO_StorageTierCode.ST_UNSPECIFIED;
  return isSetUp ? tierWord(registryTier) : 'unconfirmed';
}

/** Whether a repo that was just initialised can be worked with. */
export function isOnline(repo: operator.Repo): boolean {
  return repoTier(repo) === 'online';
}

export function paintTier(tier: string, paint: Paint): string {
  if (tier.endsWith('-failed')) return paint.red(tier);
  if (tier === 'frozen') return paint.cyan(tier);
  return tier === 'online' ? paint.green(tier) : paint.yellow(tier);
}

/** All about one repo, a field a line. `last` is its latest workflow, if it is still known. */
export function repoForm(
  repo: operator.Repo,
  { last, paint, nowMs }: { last?: operator.Workflow | undefined; paint: Paint; nowMs: number },
): string {
  const tier = repoTier(repo);
  return form(
    [
      ['repo', repo.globalPath],
      ['id', repo.id],
      ['registry', repo.registry],
      ['tier', paintTier(tier, paint)],
      ['host', repo.host],
      ['path on host', repo.hostPath],
      ['shadow repo', repo.shadowPath === '' ? 'not made yet' : repo.shadowPath],
      ['error', paint.red(repo.errorMessage)],
      ['last workflow', last ? `${workflowHeadline(last)}, ${timeAgo(last.updatedMs, nowMs)}` : ''],
      ['', last?.id ?? ''],
      ...(last ? workflowSituationInFull(last) : []).map((line) => ['', line] as const),
      ['recorded as', last?.snapshotCommit ? `commit ${last.snapshotCommit}` : ''],
      ...remedy(repo, tier),
    ],
    { paint },
  );
}

/** What to do and the command for it, if there is anything to do. */
function remedy(
  { errorMessage, globalPath }: operator.Repo,
  tier: string,
): readonly (readonly [string, string])[] {
  const isRepeatable = tier === 'freeze-failed' || tier === 'unfreeze-failed';
  if (errorMessage === '' && !isRepeatable) return [];
  const command = isRepeatable ? tier.replace('-failed', '') : 'clear-error';
  return [
    ['what to do', 'mend the cause, then run:'],
    ['', `permafrost ${command} ${globalPath}`],
  ];
}
