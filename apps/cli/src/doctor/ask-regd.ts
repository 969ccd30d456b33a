// What regd tells, or why it does not.
import { existsSync } from 'node:fs';
import {
  HealthCheckResponse_ServingStatus as Serving,
  HealthService,
  operator,
} from '@permafrost/proto';
import { Failure, isUnreachable } from '../failure.ts';
import type { Session } from '../session.ts';
import type { RegdFacts } from './facts.ts';

/** Some seconds longer than regd waits for the slowest stad. */
const ANSWER_MS_MAX = 30_000;

const { OperatorService } = operator;

export async function askRegd({ regd, signal }: Session): Promise<RegdFacts> {
  const { address } = regd;
  try {
    const health = await regd.ask(HealthService.check, { service: '' }, signal);
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
  if (socket === undefined) return { address, unseen, message, remedy: hints[0] ?? '' };
  if (!existsSync(socket)) {
    const remedy = 'Start permafrost-regd, or say where it is with --state DIR or --server ADDR.';
    return { address, unseen, message: `there is no socket ${socket}`, remedy };
  }
  const remedy = 'Start permafrost-regd; only the user who runs it, and root, may use its socket.';
  return { address, unseen, message: `nobody answers at ${socket}`, remedy };
}
