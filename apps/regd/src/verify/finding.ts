import type { operator } from '@permafrost/proto';
import type { StoredEvent, Uuid } from '@permafrost/events';

export type Finding = operator.Finding;

/** What docs/errors.md explains; `warning` is what harms nothing. */
export type FindingCode =
  | 'DATABASE_DAMAGED'
  | 'CHAIN_BROKEN'
  | 'EVENT_UNREADABLE'
  | 'EVENT_HEADER_DIFFERS'
  | 'EVENT_HAS_UNKNOWN_FIELDS'
  | 'HISTORY_CONTRADICTORY'
  | 'WORKFLOW_OF_OTHER_KIND'
  | 'REGISTRY_MISSING'
  | 'REGISTRY_NOT_LISTED'
  | 'REPO_MISSING'
  | 'REPO_NOT_LISTED'
  | 'REPO_DIFFERS'
  | 'TIERS_DIFFER'
  | 'REPO_HELD_BY_NO_WORKFLOW'
  | 'WORKFLOW_MISSING'
  | 'WORKFLOW_NOT_INDEXED'
  | 'WORKFLOW_HOLDS_NO_REPO'
  | 'INDEX_DIFFERS';

const warnings: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'EVENT_HAS_UNKNOWN_FIELDS',
  'WORKFLOW_OF_OTHER_KIND',
]);

export function finding(code: FindingCode, history: Uuid | '', message: string): Finding {
  const severity = warnings.has(code) ? 'warning' : 'error';
  return { severity, code, history, event: '', message };
}

export function eventFinding(
  code: FindingCode,
  { history, id }: StoredEvent,
  message: string,
): Finding {
  return { ...finding(code, history, message), event: id };
}
