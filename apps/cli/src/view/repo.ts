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

type RepoLook = Readonly<{
  /** Its latest workflow, if it is still known. */
  last: operator.Workflow | undefined;
  paint: Paint;
  nowMs: number;
  /** A command line for the user to type. */
  commandLine: (...words: readonly string[]) => string;
}>;

/** All about one repo, a field a line. */
export function repoForm(
  repo: operator.Repo,
  { last, paint, nowMs, commandLine }: RepoLook,
): string {
  const tier = repoTier(repo);
  const remedy = remedyOf(repo, tier);
  const fields = form(
    [
      ['repo', repo.globalPath],
      ['id', repo.id],
      ['registry', repo.registry],
      ['tier', paintTier(tier, paint)],
      ['host', repo.host],
      ['path on host', repo.hostPath],
      ['shadow repo', repo.shadowPath === '' ? 'not made yet' : repo.shadowPath],
      ['error', repo.errorMessage === '' ? '' : paint.red(repo.errorMessage)],
      ['last workflow', last ? `${workflowHeadline(last)}, ${timeAgo(last.updatedMs, nowMs)}` : ''],
      ['', last?.id ?? ''],
      ...(last ? workflowSituationInFull(last) : []).map((line) => ['', line] as const),
      ['recorded as', last?.snapshotCommit ? `commit ${last.snapshotCommit}` : ''],
      ['what to do', remedy === undefined ? '' : 'mend the cause, then run:'],
    ],
    { paint },
  );
  // On a line of its own, so that it is easy to copy.
  return remedy === undefined ? fields : `${fields}\n  ${commandLine(remedy, repo.globalPath)}`;
}

/** The command that mends it, once its cause is mended; undefined if nothing is wrong. */
function remedyOf({ errorMessage }: operator.Repo, tier: string): string | undefined {
  if (tier === 'freeze-failed' || tier === 'unfreeze-failed') return tier.replace('-failed', '');
  return errorMessage === '' ? undefined : 'clear-error';
}
