import { randomUuid, uuidToBytes } from '@permafrost/events';
import { expect, it } from 'vitest';
import { idsIn } from './request-ids.ts';

const [workflow, repo] = [randomUuid(), randomUuid()];
const bytes = { workflow: uuidToBytes(workflow), repo: uuidToBytes(repo) };

it.each([
  ['bytes', bytes, { workflow, repo }],
  ['texts', { workflowId: workflow.toUpperCase(), repoId: repo }, { workflow, repo }],
  ['one of them', { registry: 'lab', repo: bytes.repo }, { repo }],
  ['none', { registry: 'lab', repo: new Uint8Array() }, {}],
  ['malformed ones', { workflow: new Uint8Array(15), repoId: '\u001b[2J' }, {}],
  ['what is no request yet', undefined, {}],
])('finds %s', (_, request, ids) => {
  expect(idsIn(request)).toEqual(ids);
});
