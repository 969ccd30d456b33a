// The doctor's whole judgement, from facts alone: who is needed by others comes first.
import { STUCK_MS } from '@permafrost/events';
import { span } from '../output/time.ts';
import { stuckWorkflows, type StuckWorkflow } from '../view/stuck.ts';
import type { Facts, RegdAnswers } from './facts.ts';
import { findingsAbout, ok, unchecked, warning, type Finding } from './finding.ts';
import { hostFindings } from './host-findings.ts';
import { journalFindings } from './journal-findings.ts';
import { regdFindings } from './regd-findings.ts';
import { rootFindings } from './root-findings.ts';

export function findingsOf(facts: Facts): readonly Finding[] {
  const { regd, state } = facts;
  return [
    ...regdFindings(facts),
    ...journalFindings(state),
    ...('unseen' in regd ? withoutRegd(regd.unseen) : throughRegd(regd, facts)),
  ];
}

function withoutRegd(why: string): readonly Finding[] {
  return ['stads', 'roots', 'workflows'].flatMap((about) =>
    findingsAbout(about, { all: unchecked(why) }),
  );
}

function throughRegd(regd: RegdAnswers, facts: Facts): readonly Finding[] {
  const { hosts, roots } = regd.examined;
  return [
    ...(hosts.length === 0 ? noHosts : hosts.flatMap((host) => hostFindings(host, regd, facts))),
    ...roots.flatMap((root) => rootFindings(root, hosts)),
    ...workflowFindings(regd),
  ];
}

const noHosts = findingsAbout('stads', {
  all: warning(
    'there is none, and no root',
    'Begin with a registry, a root and a stad: see README.md.',
  ),
});

function workflowFindings({ status, examined: { nowMs } }: RegdAnswers): readonly Finding[] {
  const stuck = stuckWorkflows(status.workflows, { forMs: STUCK_MS, nowMs });
  if (stuck.length > 0) return stuck.flatMap((workflow) => stuckFinding(workflow, nowMs));
  return findingsAbout('workflows', { stuck: ok('none is stuck') });
}

function stuckFinding(workflow: StuckWorkflow, nowMs: number): readonly Finding[] {
  const { id, kind, globalPath, waitingFor, waitingSinceMs } = workflow;
  const waits = `${kind} has waited ${span(nowMs - waitingSinceMs)} for ${waitingFor}`;
  const remedy = `See what it says of itself: permafrost status ${globalPath}`;
  return findingsAbout(`repo ${globalPath}`, { [`workflow ${id}`]: warning(waits, remedy) });
}
