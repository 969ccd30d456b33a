// The immutable attribute on a fake disk, in the order that the real one keeps: freeze flags a
// directory before it lists it, thaw clears it after all below.
import {
  FilesFault,
  type Direction,
  type FreezePolicy,
  type ImmutableTree,
  type OpenWriters,
  type TreeSummary,
  type Watch,
} from '../ports/files.ts';
import { around, type OnEffect } from './effects.ts';
import type { FakeDisk } from './fake-disk.ts';

type Counts = { -readonly [K in keyof TreeSummary]: TreeSummary[K] };
type Walk = { counts: Counts; watch: Watch };

export class FakeTree implements ImmutableTree {
  readonly #disk: FakeDisk;
  readonly #onEffect: OnEffect;

  constructor(disk: FakeDisk, { onEffect = () => undefined }: { onEffect?: OnEffect } = {}) {
    this.#disk = disk;
    this.#onEffect = onEffect;
  }

  examine(path: string, { ifBusy }: FreezePolicy): Promise<OpenWriters | undefined> {
    const { writers } = this.#disk;
    const message = writers.get(path);
    if (message === undefined || ifBusy === 'force') return Promise.resolve(undefined);
    if (ifBusy !== 'wait')
      return Promise.reject(new FilesFault('FILES_BUSY', message, { retry: 'never' }));
    return Promise.resolve({ message, remain: () => Promise.resolve(writers.has(path)) });
  }

  async apply(direction: Direction, path: string, watch: Watch): Promise<TreeSummary> {
    if (this.#disk.get(path)?.kind !== 'dir') {
      throw new FilesFault('FILES_MISSING', `${path} is no directory`, { retry: 'never' });
    }
    const counts = { dirs: 0, files: 0, links: 0, others: 0, mounts: 0, changed: 0 };
    await (direction === 'freeze'
      ? this.#freeze(path, { counts, watch })
      : this.#thaw(path, { counts, watch }));
    if (direction === 'freeze') await this.#verify(path, watch);
    return counts;
  }

  async #freeze(path: string, walk: Walk): Promise<void> {
    await this.#visit(path, true, walk);
    for (const child of this.#disk.childrenOf(path)) await this.#freeze(child, walk);
  }

  async #thaw(path: string, walk: Walk): Promise<void> {
    for (const child of this.#disk.childrenOf(path)) await this.#thaw(child, walk);
    await this.#visit(path, false, walk);
  }

  async #visit(path: string, immutable: boolean, { counts, watch }: Walk): Promise<void> {
    stopIfAborted(watch.signal);
    const entry = this.#disk.get(path);
    switch (entry?.kind) {
      case undefined:
        // Gone since it was listed.
        return;
      case 'link':
        counts.links++;
        return;
      case 'other':
        counts.others++;
        return;
      case 'dir':
        counts.dirs++;
        break;
      case 'file':
        counts.files++;
        break;
    }
    // What an earlier run has done already is no effect.
    if (entry.immutable !== immutable) {
      const effect = immutable ? 'stad:set-immutable' : 'stad:clear-immutable';
      await around(this.#onEffect, { effect, path }, () => {
        if (this.#disk.setImmutable(path, immutable)) counts.changed++;
      });
    }
    const entriesDone = counts.dirs + counts.files;
    watch.onStep({ entriesDone, bytesDone: 0, path });
  }

  async #verify(path: string, { signal, onStep }: Watch): Promise<void> {
    stopIfAborted(signal);
    onStep({ entriesDone: 0, bytesDone: 0, path, isVerifying: true });
    const flags = await around(this.#onEffect, { effect: 'stad:verify', path }, () =>
      this.#disk.flagsWithin(path),
    );
    if (flags === 'all') return;
    throw new FilesFault('FILES_NOT_FROZEN', `${path} is not frozen throughout`, {
      retry: 'later',
    });
  }
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new FilesFault('FILES_CANCELLED', 'cancelled', { retry: 'later' });
}
