// The states of all histories of a journal, as values that JSON can hold.
import {
  Engine,
  ulidSource,
  type Aggregate,
  type Journal,
  type StreamKind,
} from '@permafrost/events';
import { main, registry, repo, storageWorkflow, workflowIndex } from '@permafrost/workflow-core';

type AnyAggregate = Aggregate<unknown, never, unknown, string>;

const aggregates = {
  main,
  registry,
  repo,
  workflow: storageWorkflow,
  index: workflowIndex,
} as unknown as Readonly<Record<StreamKind, AnyAggregate>>;

/** By history: its kind, its version, and its state, or that it was deleted. */
export async function statesOf(journal: Journal): Promise<Record<string, unknown>> {
  const engine = new Engine({ journal, nextId: ulidSource() });
  const states: Record<string, unknown> = {};
  for await (const { history, kind, vid, deleted } of journal.heads()) {
    const { state } = deleted ? { state: 'deleted' } : await engine.find(aggregates[kind], history);
    states[history] = { kind, vid, state: plain(state) };
  }
  return states;
}

/** Maps become lists of their values in the order of their JSON: their own order means nothing. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (isMap(value)) {
    return [...value.values()]
      .map(plain)
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function isMap(value: object): value is Pick<ReadonlyMap<unknown, unknown>, 'values'> {
  return 'values' in value && typeof value.values === 'function';
}
