// Compares a repo's files with what is recorded of them: the attribute with the journal, the entries
// with the last snapshot. It changes nothing, and keeps nothing of what it tells but counts.
import { relative } from 'node:path';
import type { check } from '@permafrost/events';
import type { ShadowLocation } from '@permafrost/workflow-core';
import { watchTelling } from '../inquiries/watch-telling.ts';
import { bytesOfText } from '../byte-string.ts';
import type { GitShadowRepo } from '../shadow/git-shadow-repo.ts';
import { lineOf, markOfTop, type StatusLine } from '../shadow/status.ts';
import type { FlaggedTree } from '../tree/immutable-tree.ts';
import { type ByteName, printed } from '../tree/names.ts';
import { misplacementOf } from './place.ts';

export type CheckedRepo = Readonly<{
  location: ShadowLocation;
  /** The innermost root around it, on its host. */
  hostRoot: string;
  /** What the journal says. */
  tier: 'frozen' | 'online';
  /** Where other repos lie in it, on its host: their flags are looked at by checks of their own. */
  inner: readonly string[];
}>;

export type CheckParts = Readonly<{
  tree: FlaggedTree;
  shadow: GitShadowRepo;
  signal: AbortSignal;
  tell: (item: check.CheckRepoResponse) => Promise<void>;
}>;

const kindOfMark: Readonly<Record<StatusLine['mark'], string>> = {
  '?': 'new',
  M: 'changed',
  D: 'gone',
};

export class Check {
  readonly #parts: CheckParts;
  readonly #counts = new Map<string, number>();

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  /** Resolves to what it has told last. Throws {@link FilesFault} when something cannot be looked at. */
  async run(checked: CheckedRepo): Promise<check.CheckSummary> {
    const { location, hostRoot, tier } = checked;
    const misplacement = misplacementOf(location.hostPath, hostRoot);
    if (misplacement) await this.#drift(misplacement.kind, '', misplacement.detail);
    const isThere = misplacement === undefined || misplacement.kind === 'redirected';
    const entries = isThere ? await this.#lookAtFlags(checked) : 0;
    if (isThere) await this.#lookAtEntries(location);
    const drifts = [...this.#counts].map(([kind, count]) => ({ kind, count }));
    const value = { tier, entries, drifts };
    await this.#parts.tell({ item: { $case: 'summary', value } });
    return value;
  }

  async #lookAtFlags({ location: { hostPath }, tier, inner }: CheckedRepo): Promise<number> {
    const ofOthers = new Set(inner.map((path) => bytesOfText(relative(hostPath, path))));
    const [wanted, kind] =
      tier === 'frozen'
        ? (['immutable', 'flag-lost'] as const)
        : (['mutable', 'flag-left'] as const);
    const onWrong = async (paths: readonly ByteName[]): Promise<void> => {
      for (const wrong of paths) if (!isIn(ofOthers, wrong)) await this.#drift(kind, wrong);
    };
    const { tree } = this.#parts;
    const { dirs, files } = await tree.look(
      hostPath,
      { wanted, onWrong },
      watchTelling(this.#parts, 'attributes'),
    );
    return dirs + files;
  }

  async #lookAtEntries(location: ShadowLocation): Promise<void> {
    const top = await this.#parts.shadow.compare(
      location,
      async (difference) => {
        const line = lineOf(difference);
        if (line) await this.#drift(kindOfMark[line.mark], line.path);
      },
      watchTelling(this.#parts, 'entries'),
    );
    const mark = markOfTop(top);
    if (mark) await this.#drift(kindOfMark[mark], '');
  }

  async #drift(kind: string, pathBelowTop: ByteName, detail = ''): Promise<void> {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const path = pathBelowTop === '' ? '.' : printed(pathBelowTop);
    await this.#parts.tell({ item: { $case: 'drift', value: { kind, path, detail } } });
  }
}

/** Whether a path is one of the tops, or below one. */
function isIn(tops: ReadonlySet<ByteName>, path: ByteName): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
    if (tops.has(path.slice(0, end))) return true;
  return false;
}
