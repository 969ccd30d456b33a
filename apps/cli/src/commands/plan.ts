// `freeze --dry-run` and `unfreeze --dry-run`: tells what would be met and done, and changes nothing.
import type { Direction, FreezePolicy } from '@permafrost/events';
import { operator, type plan } from '@permafrost/proto';
import { exitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { stepDisplay } from '../output/step-display.ts';
import type { Session } from '../session.ts';
import { lookStep } from '../view/look-step.ts';
import { obstaclesOf, planWords } from '../view/plan.ts';

export type Intent = Readonly<{
  direction: Direction;
  repo: operator.Repo;
  policy: FreezePolicy;
}>;

/** Throws a {@link Failure} when something stands in the way, after it has told all of the plan. */
export async function tellPlan(session: Session, intent: Intent): Promise<void> {
  const { direction, repo } = intent;
  const { id: repoId, globalPath } = repo;
  const found = await ask(session, intent);
  const obstacles = obstaclesOf(found);
  const failure = obstacles.length > 0 ? inTheWay(intent, obstacles) : undefined;
  // Programs get one value for all of it.
  const value = { dryRun: true, direction, repoId, globalPath, ok: !failure, ...found };
  session.out.result(value, (paint) => planWords({ direction, globalPath, plan: found }, paint));
  if (failure) throw failure;
}

async function ask(
  { regd, out, signal }: Session,
  { direction, repo, policy }: Intent,
): Promise<plan.StoragePlan> {
  const display = stepDisplay(out.err);
  const request = { repoId: repo.id, direction, ifBusy: '', ifLinked: '', ...policy };
  try {
    const items = regd.watch(operator.OperatorService.planStorage, request, signal);
    for await (const { item } of items) {
      if (item?.$case === 'progress') display.show(lookStep(item.value));
      if (item?.$case === 'plan') return item.value;
    }
  } finally {
    display.end();
  }
  throw regd.leftEarly();
}

function inTheWay(
  { direction, repo: { globalPath } }: Intent,
  obstacles: readonly plan.PlanFinding[],
): Failure {
  const codes = obstacles.map(({ code }) => code);
  return new Failure(`${direction} of ${globalPath} would fail: ${codes.join(', ')}`, {
    exitCode: exitCode.failed,
    code: 'PLAN_HAS_OBSTACLES',
    facts: { obstacles: codes },
  });
}
