// What a freeze or thaw would meet: asked of the stad of the repo's host, which looks at the files, and
// handed on together with what regd itself would say to the request.
import { directionOf, planSubject, type Direction } from '@permafrost/events';
import type { plan } from '@permafrost/proto';
import { refusals, tryToBegin, type Refusal } from '@permafrost/workflow-core';
import { badArgument } from '../grpc/rpc-error.ts';
import type { Call } from '../grpc/service.ts';
import { isRefused } from '../holder.ts';
import { askStad } from '../inquiries/ask-stad.ts';
import type { Context } from '../services/context.ts';
import { findRepo } from '../services/find-repo.ts';
import { policyOf } from '../wire/arguments.ts';
import { uuidArgument } from './ids.ts';

export async function* planStorage(
  context: Context,
  question: plan.PlanStorageRequest,
  { signal }: Call,
): AsyncGenerator<plan.PlanStorageResponse> {
  const repoId = uuidArgument(question.repoId, 'repo id');
  const direction = directionArgument(question.direction);
  policyOf(question);
  const { init } = (await findRepo(context.engine, repoId)).state;
  const { registry, globalPath, fileHost: host } = init;
  const departure = { registry, globalPath, repoId, direction };
  for await (const told of askStad(context, planSubject, { host, question }, signal)) {
    if (told.item?.$case !== 'plan') {
      yield told;
      continue;
    }
    // Asked last, so that it is as new as what it is told with.
    const more = await refusalsOf(() => tryToBegin(context.engine, departure));
    yield withFindings(told.item.value, more);
  }
}

function withFindings(
  found: plan.StoragePlan,
  more: readonly plan.PlanFinding[],
): plan.PlanStorageResponse {
  return { item: { $case: 'plan', value: { ...found, findings: [...more, ...found.findings] } } };
}

/** At most one: the first reason settles it. */
async function refusalsOf(begin: () => Promise<void>): Promise<readonly plan.PlanFinding[]> {
  try {
    await begin();
    return [];
  } catch (error) {
    if (!isRefused(error)) throw error;
    const { text, remedy } = refusals[error.refusal as Refusal];
    const message = `${text}; ${remedy}`;
    return [{ code: error.refusal, isObstacle: true, message, count: 0, examples: [] }];
  }
}

function directionArgument(text: string): Direction {
  const direction = directionOf(text);
  if (!direction) throw badArgument('DIRECTION_UNKNOWN', 'unknown direction: freeze or unfreeze');
  return direction;
}
