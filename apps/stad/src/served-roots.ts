// A shadow repo is made only for a tree that this stad may work on, so that a path outside of its
// roots is refused when the repo is set up, not when somebody wants to freeze it.
import { closeSync } from 'node:fs';
import type { ShadowRepo } from '@permafrost/workflow-core';
import type { Surroundings } from './survey/examine.ts';
import { openTop } from './tree/top.ts';

/** Throws {@link FilesFault} `FILES_OUTSIDE_ROOTS` or `FILES_MISSING` before anything is created. */
export function serveOnly(
  { roots, hostRootOf }: Pick<Surroundings, 'roots' | 'hostRootOf'>,
  shadow: ShadowRepo,
): ShadowRepo {
  return {
    init: async (location, author) => {
      const { hostPath } = location;
      const { fd } = await openTop(hostPath, roots, { hostRoot: await hostRootOf(hostPath) });
      closeSync(fd);
      return shadow.init(location, author);
    },
    counted: (location, signal) => shadow.counted(location, signal),
    snapshot: (location, request, watch) => shadow.snapshot(location, request, watch),
  };
}
