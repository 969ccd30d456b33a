import { randomUuid } from '@permafrost/events';
import { GitShadowRepo } from '@permafrost/stad/effects';
import { execa } from 'execa';
import type { Benchmark } from '../benchmark.ts';
import { elapsedMs } from '../scratch.ts';
import { plantTree, watch } from './planted-tree.ts';

/** The snapshot after a freeze of data that nobody has touched since the last one. */
export const unchangedSnapshot: Benchmark = {
  name: 'files/unchanged-snapshot',
  measured: 'shadow snapshot with nothing changed',
  reference: "find -printf '%s %T@ %p'",
  unit: 'ms',
  comparison: 'ratio',
  target: { atMost: 2.5 },
  prepare: async () => {
    const { top, beside, remove } = plantTree();
    const shadow = new GitShadowRepo({ shadowRoot: `${beside}/shadow` });
    const location = { repoId: randomUuid(), hostPath: top };
    const request = { author: { name: 'Bench', email: 'bench@example.org' }, attrs: '' } as const;
    await shadow.init(location, request.author);
    await shadow.snapshot(location, request, watch);
    return {
      run: async () => ({
        measured: await elapsedMs(() => shadow.snapshot(location, request, watch)),
        reference: await elapsedMs(() =>
          execa('find', [top, '-printf', '%s %T@ %p\\n'], { stdout: 'ignore' }),
        ),
      }),
      close: remove,
    };
  },
};
