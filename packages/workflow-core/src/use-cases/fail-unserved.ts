// Fails workflows whose files nobody will work on: the host has no stad any more, and either somebody
// wants the workflow cancelled, or it has waited for longer than anybody may.
import { ulidTimeMs, type Engine, type Noticeboard, type Uuid } from '@permafrost/events';
import { isAlive, SILENCE_MS_MAX, stadsOf } from '../daemon/presence.ts';
import type { Clock } from '../ports/time.ts';
import { repo } from '../repo/repo.ts';
import { findStorageWorkflow } from '../storage-workflow/find.ts';
import { activeWorkflows } from './active-workflows.ts';
import { breakOff } from './break-off.ts';
import { cancelText } from './cancel-workflow.ts';

type World = Readonly<{ engine: Engine; board: Noticeboard; clock: Clock }>;

export type FailUnservedOptions = Readonly<{
  /** Since the start of the files and since the last sign of a stad, whichever was later; 0: never. */
  unservedMsMax: number;
  signal: AbortSignal;
}>;

/** Resolves to the ids of the workflows that it has ended. Takes a while if there are candidates. */
export async function failUnserved(
  world: World,
  options: FailUnservedOptions,
): Promise<readonly Uuid[]> {
  const { engine, board, clock } = world;
  const { signal } = options;
  const suspects: Uuid[] = [];
  for await (const workflowId of activeWorkflows(engine)) {
    if (await causeToFail(world, workflowId, options)) suspects.push(workflowId);
  }
  if (suspects.length === 0) return [];
  // After a jump of the clock, or a sleep of the machine, all look dead until their next heartbeat.
  await clock.sleep(SILENCE_MS_MAX, signal);
  const failed: Uuid[] = [];
  for (const workflowId of suspects) {
    if (signal.aborted) break;
    const cause = await causeToFail(world, workflowId, options);
    if (!cause) continue;
    const isFailed = await engine.transact((tx) =>
      breakOff(tx, workflowId, { from: 'files', cause }),
    );
    await board.clear(workflowId);
    if (isFailed) failed.push(workflowId);
  }
  return failed;
}

/** In words; undefined while there is none. */
async function causeToFail(
  { engine, board, clock }: World,
  workflowId: Uuid,
  { unservedMsMax }: FailUnservedOptions,
): Promise<string | undefined> {
  const workflow = await findStorageWorkflow(engine, workflowId);
  if (workflow?.status !== 'files') return undefined;
  const { start, startedEventId, filesStartedEventId = startedEventId } = workflow;
  const host = (await engine.find(repo, start.repoId)).state.init?.fileHost ?? '';
  const stads = await stadsOf(board, host);
  const nowMs = clock.nowMs();
  if (stads.some((stad) => isAlive(stad, nowMs))) return undefined;
  const request = await board.cancelRequest(workflowId);
  if (request) return cancelText(request);
  const signsMs = stads.map(({ heartbeatMs }) => heartbeatMs);
  const sinceMs = Math.max(ulidTimeMs(filesStartedEventId), ...signsMs);
  if (unservedMsMax === 0 || nowMs - sinceMs < unservedMsMax) return undefined;
  return `no stad has served host ${host} since ${new Date(sinceMs).toISOString()}`;
}
