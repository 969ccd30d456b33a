// How a plan is told: what is there, what would change, and what people should know beforehand.
import type { Direction } from '@permafrost/events';
import type { plan } from '@permafrost/proto';
import { span } from '../output/time.ts';
import type { Paint } from '../output/terminal.ts';
import { bytesWords, count } from './quantities.ts';

export function obstaclesOf({ findings }: plan.StoragePlan): readonly plan.PlanFinding[] {
  return findings.filter(({ isObstacle }) => isObstacle);
}

export type PlanOfRepo = Readonly<{
  direction: Direction;
  globalPath: string;
  plan: plan.StoragePlan;
}>;

export function planWords(
  { direction, globalPath, plan: found }: PlanOfRepo,
  paint: Paint,
): string {
  const { tree, changes, findings } = found;
  return [
    `plan: ${direction} ${globalPath}; nothing has been changed`,
    ...(tree ? [treeWords(tree)] : []),
    ...(changes ? [changesWords(changes)] : []),
    ...findings.flatMap((finding) => findingLines(finding, paint)),
    obstaclesOf(found).length > 0
      ? paint.red('it would not go through')
      : paint.green('nothing stands in its way'),
  ].join('\n');
}

function treeWords({ dirs, files, links, others, mounts, bytes }: plan.PlannedTree): string {
  const parts = [
    `directories ${count(dirs)}`,
    `files ${count(files)} of ${bytesWords(bytes)}`,
    `symlinks ${count(links)}`,
    `special files ${count(others)}`,
    `mounts ${count(mounts)}`,
  ];
  return parts.join(', ');
}

function changesWords({ asWanted, toChange, expectedMs }: plan.PlannedChanges): string {
  const figures = `to change ${count(toChange)}, as wanted already ${count(asWanted)}`;
  return `${figures}; takes about ${span(expectedMs)}`;
}

function findingLines(finding: plan.PlanFinding, paint: Paint): readonly string[] {
  const { isObstacle, code, message, count: all, examples } = finding;
  const label = isObstacle ? paint.red('obstacle') : paint.yellow('note');
  const figure = all > 0 ? ` (${count(all)})` : '';
  const more =
    all > examples.length && examples.length > 0
      ? [`  and ${count(all - examples.length)} more`]
      : [];
  return [`${label} ${code}${figure}: ${message}`, ...examples.map((one) => `  ${one}`), ...more];
}
