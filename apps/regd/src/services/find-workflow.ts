import { nilUuid, type Direction, type Engine, type Uuid, type Vid } from '@permafrost/events';
import { storageWorkflow, type BegunWorkflow } from '@permafrost/workflow-core';
import { notFound, type RpcError } from '../grpc/rpc-error.ts';

/** What the Go system says of the history of something else (spec/behaviour.md 7). */
export const OTHER_KIND =
  'event journal: event error: decoding journal protobuf failed: invalid event type';

export type FoundWorkflow = Readonly<{ vid: Vid; state: BegunWorkflow }>;

/** The workflow with this id. Throws an {@link RpcError} if there is none of this direction. */
export async function findWorkflow(
  engine: Engine,
  id: Uuid,
  direction: Direction,
): Promise<FoundWorkflow> {
  const { vid, state } = await engine.find(storageWorkflow, id);
  if (id === nilUuid || state.status === 'uninitialized') throw uninitialized(direction);
  if (state.direction !== direction) {
    throw unknown('WORKFLOW_OF_OTHER_KIND', `${direction}-repo workflow: ${OTHER_KIND}`);
  }
  return { vid, state };
}

export function uninitialized(direction: Direction): RpcError {
  return unknown('WORKFLOW_UNKNOWN', `${direction}-repo workflow: uninitialized`);
}

function unknown(code: string, text: string): RpcError {
  return notFound(code, text, 'List the workflows with `permafrost workflows REGISTRY --all`.');
}
