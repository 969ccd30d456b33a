// The work on the files of a workflow, as spans tell it: one for each run, and one for each effect in it.
import type { WorkflowSpans } from '@permafrost/daemon-kit/tracing';
import type {
  ImmutableTree,
  Loop,
  ShadowRepo,
  StadLoop,
  StadTask,
} from '@permafrost/workflow-core';

export function tracedLoop(loop: StadLoop, spans: WorkflowSpans): Loop<StadTask> {
  return {
    keyOf: (task) => loop.keyOf(task),
    open: () => loop.open(),
    concerns: (event) => loop.concerns(event),
    run: (task, signal, log) => {
      const work = (): Promise<void> => loop.run(task, signal, log);
      return task.kind === 'workflow' ? spans.run(task.workflowId, 'run-files', work) : work();
    },
    pause: (task, ms, signal, log) => loop.pause(task, ms, signal, log),
  };
}

export function tracedTree(tree: ImmutableTree, spans: WorkflowSpans): ImmutableTree {
  return {
    examine: (path, policy, watch) =>
      spans.stepOfRun({ name: 'examine' }, () => tree.examine(path, policy, watch)),
    apply: (kind, path, watch) => {
      const name = { freeze: 'set-immutable', unfreeze: 'clear-immutable' }[kind];
      return spans.stepOfRun({ name, kind }, () => tree.apply(kind, path, watch));
    },
  };
}

export function tracedShadow(shadow: ShadowRepo, spans: WorkflowSpans): ShadowRepo {
  return {
    init: (location, author) => shadow.init(location, author),
    counted: (location, signal) => shadow.counted(location, signal),
    snapshot: (location, request, watch) =>
      spans.stepOfRun({ name: 'write-shadow', repo: location.repoId }, () =>
        shadow.snapshot(location, request, watch),
      ),
  };
}
