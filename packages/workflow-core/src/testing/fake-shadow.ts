import type { Author } from '@permafrost/events';
import {
  FilesFault,
  type ShadowLocation,
  type ShadowRepo,
  type Snapshot,
  type TreeSize,
  type Watch,
} from '../ports/files.ts';
import { around, type OnEffect } from './effects.ts';
import type { FakeDisk, FakeShadowRepo } from './fake-disk.ts';

/** Shadow repos as lists of commits on a fake disk. */
export class FakeShadow implements ShadowRepo {
  readonly #disk: FakeDisk;
  readonly #onEffect: OnEffect;

  constructor(disk: FakeDisk, { onEffect = () => undefined }: { onEffect?: OnEffect } = {}) {
    this.#disk = disk;
    this.#onEffect = onEffect;
  }

  init({ repoId }: ShadowLocation): Promise<string> {
    const path = `/shadow/${repoId}.fso`;
    return around(this.#onEffect, { effect: 'stad:init-shadow', path }, () => {
      if (!this.#disk.shadows.has(repoId)) this.#disk.shadows.set(repoId, { path, commits: [] });
      return path;
    });
  }

  counted({ repoId }: ShadowLocation): Promise<TreeSize | undefined> {
    const listing = this.#disk.shadows.get(repoId)?.commits.at(-1)?.listing;
    const size =
      listing === undefined ? undefined : { entries: listing.split('\n').length, bytes: 0 };
    return Promise.resolve(size);
  }

  async snapshot(
    { repoId, hostPath }: ShadowLocation,
    { author, attrs }: Readonly<{ author: Author; attrs: '' | 'i' }>,
    { signal }: Watch,
  ): Promise<Snapshot> {
    if (signal.aborted) throw new FilesFault('FILES_CANCELLED', 'cancelled', { retry: 'later' });
    if (!this.#disk.get(hostPath)) {
      throw new FilesFault('FILES_MISSING', `${hostPath} is not there`, { retry: 'never' });
    }
    const shadow = this.#disk.shadows.get(repoId);
    if (!shadow) {
      throw new FilesFault('FILES_GIT_FAILED', `no shadow repo for ${hostPath}`, {
        retry: 'never',
      });
    }
    const { path } = shadow;
    return around(this.#onEffect, { effect: 'stad:write-shadow', path }, () =>
      this.#record(shadow, { author, attrs, listing: this.#disk.listing(hostPath) }),
    );
  }

  #record(
    { commits }: FakeShadowRepo,
    now: Readonly<{ author: Author; attrs: '' | 'i'; listing: string }>,
  ): Snapshot {
    const last = commits.at(-1);
    if (last && last.attrs === now.attrs && last.listing === now.listing) {
      return { commit: last.commit, changed: false };
    }
    const commit = (commits.length + 1).toString(16).padStart(40, '0');
    commits.push({ ...now, commit });
    return { commit, changed: true };
  }
}
