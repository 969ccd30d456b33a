// Where a shadow repo is. It lies beside the data, never in it, below one shadow root for all.
import { realpathSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { FilesFault, isWithin, type ShadowLocation } from '@permafrost/workflow-core';
import { errnoOf } from '../tree/errno.ts';
import { systemFault } from './faults.ts';
import { bytesOfText } from '../byte-string.ts';

export type ShadowPaths = Readonly<{
  /** The host path without a slash at its end, behind which a symlink would be followed. */
  data: string;
  /** The directory that is the shadow repo's work tree, `<uuid>.fso`. */
  workTree: string;
  gitDir: string;
}>;

/**
 * The paths of a shadow repo; nothing is created. Throws FILES_OUTSIDE_ROOTS for a host path that
 * is not absolute and plain, or when data and shadow root contain one another, by name or in truth.
 */
export function shadowPathsOf(shadowRoot: string, location: ShadowLocation): ShadowPaths {
  const data = location.hostPath.replace(/(?<=.)\/+$/, '');
  if (!data.startsWith('/') || normalize(data) !== data || data.includes('\0')) {
    throw refusal(`host path ${JSON.stringify(data)} is not absolute and plain`);
  }
  for (const [inner, outer] of [
    [data, shadowRoot],
    [shadowRoot, data],
  ] as const) {
    if (isWithin(inner, outer) || isWithin(resolved(inner), resolved(outer))) {
      throw refusal(
        `${JSON.stringify(inner)} is in ${JSON.stringify(outer)}: keep data and shadow apart`,
      );
    }
  }
  const workTree = join(shadowRoot, data, `${location.repoId}.fso`);
  return { data, workTree, gitDir: join(workTree, '.git') };
}

/** Where the entries are listed that a freeze or thaw of the data at a path has failed on. */
export function failureFileOf(shadowRoot: string, hostPath: string): string {
  return join(shadowRoot, normalize(hostPath), 'failures.jsonl');
}

function refusal(message: string): FilesFault {
  return new FilesFault('FILES_OUTSIDE_ROOTS', message, { retry: 'never' });
}

/** Without symlinks, as far as the path exists. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || path === '/') {
      throw systemFault(error, 'resolve', bytesOfText(path));
    }
    return join(resolved(dirname(path)), path.slice(path.lastIndexOf('/') + 1));
  }
}
