// A registry that has seen many freezes and thaws, as they would have left it.
import {
  indexCodec,
  nilUlid,
  randomUuid,
  registryId,
  workflowCodec,
  workflowIndexId,
  type Change,
  type Direction,
  type IndexEvent,
} from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { History } from '../journal/sample.ts';

const BATCH = 500;
const author = { name: 'A U Thor', email: 'author@example.org' };
const status = { code: 0, message: '' };

/** Adds so many ended workflows to a registry that is there. No daemon may be running. */
export async function addFinishedWorkflows(
  path: string,
  registryName: string,
  count: number,
): Promise<void> {
  const journal = await openSqliteJournal({ path });
  const indexId = workflowIndexId(registryName);
  const head = await journal.head(indexId);
  const index = new History(indexCodec, indexId, head?.vid ?? nilUlid);
  for (let done = 0; done < count; done += BATCH) {
    const all = Array.from({ length: BATCH }, (_, i) => ended(registryName, index, done + i));
    await journal.commit(all.flat());
  }
  await journal.close();
}

function ended(registryName: string, index: History<IndexEvent>, i: number): Change[] {
  const direction: Direction = i % 2 === 0 ? 'freeze' : 'unfreeze';
  const globalPath = `/example/data/group-${i % 50}/run-${i}`;
  const workflow = new History(workflowCodec);
  const names = { registryId: registryId(registryName), registryName, repoId: randomUuid() };
  const start = { ...names, repoGlobalPath: globalPath, author };
  const started = workflow.append({ type: 'WorkflowStarted', direction, start });
  const entry = { direction, workflowId: workflow.id, startedEventId: started.id, globalPath };
  const indexed = index.append({ type: 'WorkflowIndexed', entry });
  const middle = (['FilesStarted', 'FilesCompleted'] as const).map((type) =>
    workflow.append({ type, direction, status }),
  );
  const completed = workflow.append({ type: 'WorkflowCompleted', direction, status });
  const left = { direction, workflowId: workflow.id, completedEventId: completed.id };
  return [
    started,
    indexed,
    ...middle,
    completed,
    index.append({ type: 'IndexedWorkflowCompleted', ...left }),
    workflow.append({ type: 'WorkflowCommitted', direction }),
  ];
}
