// A client takes the next step of a workflow itself, instead of leaving it to regd's loop.
import { RefusedError, type Transaction, type Vid } from '@permafrost/events';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { storageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { matrix } from '../testing/matrix.ts';
import { eventId, idOf } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { askToAbort, askToBeginFiles, askToCommit } from './end-workflow.ts';

const workflowId = idOf('workflow');
const trouble = { code: 105, message: 'disk trouble' };
const change = { code: 101, message: 'changed my mind' };

const asks: Readonly<Record<string, (tx: Transaction, vid?: Vid) => Promise<void>>> = {
  begin: (tx, vid) => askToBeginFiles(tx, workflowId, vid),
  commit: (tx, vid) => askToCommit(tx, workflowId, vid),
  abort: (tx, vid) => askToAbort(tx, workflowId, { status: change, ...(vid && { vid }) }),
};

let world: SmallWorld;

beforeEach(async () => {
  world = await SmallWorld.ready();
});

async function bring(to: string): Promise<void> {
  await world.begin('freeze');
  if (to === 'initialized') return;
  await ask('begin');
  if (to === 'files') return;
  const isGood = to === 'files-completed' || to === 'frozen';
  const end = isGood
    ? ({ type: 'CommitFiles' } as const)
    : ({ type: 'AbortFiles', status: trouble } as const);
  await world.engine.transact((tx) => tx.tell(storageWorkflow, workflowId, end));
  if (to === 'frozen' || to === 'freeze-failed') await world.run();
}

/** The refusal, or the state of the workflow and the tier that the repo then has. */
async function ask(what: string, vid?: Vid): Promise<string> {
  try {
    await world.engine.transact((tx) => asks[what]?.(tx, vid) ?? Promise.resolve());
  } catch (error) {
    if (error instanceof RefusedError) return String(error.refusal);
    throw error;
  }
  const { tier } = (await world.repo()).storage;
  // Registry and repo never say different things.
  expect((await world.listed())?.storage.tier).toBe(tier);
  return `${(await world.workflow()).status}, ${tier}`;
}

/** Each step is carried out for registry, repo and index as well; what is refused changes nothing. */
const answers = matrix(`
         | initialized             | files                   | files-completed           | files-failed              | frozen              | freeze-failed
  begin  | files, freezing         | files, freezing         | WORKFLOW_IN_OTHER_STATE   | WORKFLOW_IN_OTHER_STATE   | WORKFLOW_IN_OTHER_STATE | WORKFLOW_IN_OTHER_STATE
  commit | WORKFLOW_IN_OTHER_STATE | WORKFLOW_IN_OTHER_STATE | terminated, frozen        | WORKFLOW_IN_OTHER_STATE   | terminated, frozen  | WORKFLOW_IN_OTHER_STATE
  abort  | terminated, online      | WORKFLOW_IN_OTHER_STATE | terminated, freeze-failed | terminated, freeze-failed | WORKFLOW_TERMINATED | terminated, freeze-failed
`);

it.each(answers)('$row, when $column: $cell', async ({ row, column, cell }) => {
  await bring(column);
  const before = await world.journal.end();
  expect(await ask(row)).toBe(cell);
  if (!cell.includes(', ')) expect(await world.journal.end()).toBe(before);
});

describe.each([
  ['begin', 'initialized'],
  ['commit', 'files-completed'],
  ['abort', 'initialized'],
])('%s', (what, from) => {
  test('is done on the version that the client has seen, and on no other', async () => {
    await bring(from);
    const before = await world.journal.end();
    await expect(ask(what, eventId(1))).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await world.journal.end()).toBe(before);
    const { vid } = await world.engine.find(storageWorkflow, workflowId);
    const done = await ask(what, vid);
    expect(await world.journal.end()).toBeGreaterThan(before);
    // Who lost the reply asks again, with the version of then.
    const after = await world.journal.end();
    expect(await ask(what, vid)).toBe(done);
    expect(await world.journal.end()).toBe(after);
  });
});

test('an abort ends with the cause that the client gives', async () => {
  await bring('files-completed');
  await ask('abort');
  expect(await world.workflow()).toMatchObject({ outcome: change });
  expect((await world.repo()).error).toBe(`freeze failed: ${change.message}`);
});
