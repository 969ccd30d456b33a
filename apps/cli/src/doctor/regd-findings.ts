// Whether regd is there and well.
import type { Facts, RegdAnswers } from './facts.ts';
import { broken, findingsAbout, ok, type Finding, type Verdict } from './finding.ts';
import { clockAheadMs, clockVerdict, versionVerdict } from './measures.ts';

export function regdFindings({ regd, version }: Facts): readonly Finding[] {
  if ('unseen' in regd) {
    return findingsAbout('regd', { reach: broken(regd.message, regd.remedy) });
  }
  const { address, examined, asked } = regd;
  return findingsAbout('regd', {
    reach: ok(`answers at ${address}`),
    health: healthVerdict(regd),
    version: versionVerdict(versionOf(regd), version),
    clock: clockVerdict(clockAheadMs(examined.nowMs, asked), 'this machine'),
  });
}

function healthVerdict({ isServing }: RegdAnswers): Verdict {
  if (isServing) return ok('it can write to the journal');
  return broken('it cannot write to the journal', 'Look at its log, and at the disk.');
}

function versionOf({ status: { daemons } }: RegdAnswers): string {
  const own = daemons.filter(({ daemon }) => daemon === 'regd');
  return (own.find(({ alive }) => alive) ?? own[0])?.version ?? 'unknown';
}
