import type { Step, Watch } from '@permafrost/workflow-core';

export type ToldStep = Readonly<{
  item: {
    $case: 'progress';
    value: { phase: string; entriesDone: number; entriesTotal: number | undefined; path: string };
  };
}>;

/** A watch over work that tells its steps to whoever has asked for it, as those of this phase. */
export function watchTelling(
  { signal, tell }: Readonly<{ signal: AbortSignal; tell: (step: ToldStep) => Promise<void> }>,
  phase: string,
): Watch {
  const onStep = ({ entriesDone, entriesTotal, path }: Step): void => {
    const value = { phase, entriesDone, entriesTotal, path };
    // Whoever has left does not hear of it.
    tell({ item: { $case: 'progress', value } }).catch(() => undefined);
  };
  return { signal, onStep };
}
