// What a regd might tell.
import { GetRepoO_StorageTierCode, operator } from '@permafrost/proto';

export const REPO_ID = '5f3c0d1e-7a52-4c1b-9c0d-2f6c6d1f0a01';
export const WORKFLOW_ID = '0b0a8c5e-6f0c-4f2a-9d1e-6a4c1f0e7b11';
export const REPO_PATH = '/data/survey-2024';
export const AUTHOR = 'A U Thor <author@example.org>';

const { ST_ONLINE } = GetRepoO_StorageTierCode;

export function sampleRepo(fields: Partial<operator.Repo> = {}): operator.Repo {
  return operator.Repo.fromPartial({
    id: REPO_ID,
    registry: 'lab',
    globalPath: REPO_PATH,
    host: 'files1',
    hostPath: '/srv/survey-2024',
    shadowPath: '/var/lib/permafrost/shadows/5f/3c/shadow.fso',
    registryTier: ST_ONLINE,
    repoTier: ST_ONLINE,
    ...fields,
  });
}

/** A freeze that began three minutes ago and waits for stad. */
export function sampleWorkflow(fields: Partial<operator.Workflow> = {}): operator.Workflow {
  const nowMs = Date.now();
  return operator.Workflow.fromPartial({
    id: WORKFLOW_ID,
    kind: 'freeze',
    registry: 'lab',
    repoId: REPO_ID,
    globalPath: REPO_PATH,
    authorName: 'A U Thor',
    authorEmail: 'author@example.org',
    state: 'files',
    statusCode: 100,
    startedMs: nowMs - 180_000,
    updatedMs: nowMs - 170_000,
    waitingFor: 'stad on host files1',
    ...fields,
  });
}

export function samplePresence(fields: Partial<operator.Presence> = {}): operator.Presence {
  const nowMs = Date.now();
  return operator.Presence.fromPartial({
    daemon: 'stad',
    host: 'files1',
    pid: 4711,
    version: '0.1.0',
    sinceMs: nowMs - 7_200_000,
    heartbeatMs: nowMs - 1000,
    alive: true,
    ...fields,
  });
}
