// What a call must be allowed to do, as a value: the words in which the table of rules is written.
import type { Action, Check } from '@permafrost/access/rights';
import { cleanPath } from '@permafrost/workflow-core';
import type { Objects } from './objects.ts';

type Later<T> = T | Promise<T>;

export type Rule<Request> = Readonly<{
  /** Whether such a call can change something. Then the log tells who made it. */
  isChange: boolean;
  /**
   * What must be granted, all of it. Reads the ids of the request and finds what they stand for;
   * throws what the call itself would answer if it cannot.
   */
  checks: (request: Request, objects: Objects) => Later<readonly Check[]>;
  /** What a caller without a valid token is told to ask for (spec: wire format, auth errors). */
  told?: (request: Request) => Check;
}>;

/** For what is the same in every request. */
export function always(...checks: readonly Check[]): Rule<unknown> {
  return { isChange: false, checks: () => checks };
}

/** By a name that the request carries, which is told to those without a token. */
export function byName<Request>(
  action: Action,
  nameOf: (request: Request) => string,
): Rule<Request> {
  const told = (request: Request): Check => ({ action, name: nameOf(request) });
  return { isChange: false, checks: (request) => [told(request)], told };
}

/** By a path, which the request carries or which has to be found. */
export function byPath<Request>(
  action: Action,
  pathOf: (request: Request, objects: Objects) => Later<string>,
): Rule<Request> {
  return byChecks(async (request, objects) => [
    // Clean, so that what is told and logged is what was decided on.
    { action, path: cleanPath(await pathOf(request, objects)) },
  ]);
}

/** By whatever has to be found out. */
export function byChecks<Request>(checks: Rule<Request>['checks']): Rule<Request> {
  return { isChange: false, checks };
}

export function changing<Request>(rule: Rule<Request>): Rule<Request> {
  return { ...rule, isChange: true };
}
