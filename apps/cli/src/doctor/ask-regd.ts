// What regd tells, or why it does not.
import { accessSync, constants } from 'node:fs';
import {
  HealthCheckResponse_ServingStatus as Serving,
  HealthService,
  operator,
} from '@permafrost/proto';
import { Failure, isUnreachable } from '../failure.ts';
import type { Session } from '../session.ts';
import { isOfSystem } from '../system-error.ts';
import type { RegdFacts } from './facts.ts';

/** Some seconds longer than regd waits for the slowest stad. */
const ANSWER_MS_MAX = 30_000;

const { OperatorService } = operator;

/** Whoever hangs is waited for: `say` tells who that is. */
export async function askRegd(
  { regd, signal }: Session,
  say: (phase: string) => void,
): Promise<RegdFacts> {
  const { address } = regd;
  try {
    say('waiting for regd');
    const health = await regd.ask(HealthService.check, { service: '' }, signal);
    say('waiting for every stad; one that hangs is given 10 seconds');
    const fromMs = Date.now();
    const examined = await regd.ask(OperatorService.examineHosts, {}, signal, ANSWER_MS_MAX);
    const asked = { fromMs, toMs: Date.now() };
    // Asked last, so that it does not name those as alive who have gone meanwhile.
    const status = await regd.ask(OperatorService.getStatus, {}, signal);
    return { address, isServing: health.status === Serving.SERVING, status, examined, asked };
  } catch (error) {
    if (!(error instanceof Failure) || signal.aborted) throw error;
    const { message, hints } = error;
    if (isUnreachable(error)) return silent(address, error);
    return { address, unseen: 'regd does not tell', message, remedy: hints.join(' ') };
  }
}

function silent(address: string, { message, hints }: Failure): RegdFacts {
  const unseen = 'regd does not answer';
  const [, socket] = /^unix:(.*)$/.exec(address) ?? [];
  if (socket === undefined) return { address, unseen, message, remedy: hints.join(' ') };
  return { address, unseen, ...silenceAt(socket, errnoAt(socket)) };
}

function silenceAt(
  socket: string,
  errno: string | undefined,
): Readonly<{ message: string; remedy: string }> {
  switch (errno) {
    case undefined: {
      const remedy = 'Start permafrost-regd.';
      return { message: `nobody answers at ${socket}`, remedy };
    }
    case 'ENOENT': {
      const remedy = 'Start permafrost-regd, or say where it is with --state DIR or --server ADDR.';
      return { message: `there is no socket ${socket}`, remedy };
    }
    default: {
      const remedy = 'Run this as the user of regd, or as root.';
      return { message: `you may not use the socket ${socket}: ${errno}`, remedy };
    }
  }
}

/** Why the socket cannot be used, as far as the file system tells. */
function errnoAt(socket: string): string | undefined {
  try {
    accessSync(socket, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return error.code;
  }
}
