// Keeps a long walk polite: its file system calls are synchronous, which is several times faster
// than asking the thread pool each time, so it gives way to the rest of the daemon every few
// milliseconds. There it also tells how far it is and looks whether it shall stop.
import { setImmediate } from 'node:timers/promises';
import type { Watch } from '@permafrost/workflow-core';
import { printed } from '../tree/names.ts';
import type { ByteString } from '../byte-string.ts';
import type { EntryStats } from './entry-stats.ts';
import { cancelledFault } from './faults.ts';

const SLICE_MS = 8;
const STEP_MS = 250;
/** Asking the time costs about as much as an `lstat` of a cached inode does in the kernel. */
const ENTRIES_PER_LOOK = 32;

export class Pace {
  readonly #watch: Watch;
  readonly #entriesTotal: number | undefined;
  #entries = 0;
  #bytes = 0;
  #sliceStartMs = performance.now();
  #stepMs = performance.now();

  /** `entriesTotal` as the last snapshot counted them, near enough to tell how far the walk is. */
  constructor(watch: Watch, entriesTotal: number | undefined) {
    this.#watch = watch;
    this.#entriesTotal = entriesTotal;
  }

  /** Call it for each entry. Rejects with FILES_CANCELLED once the signal is aborted. */
  met(directory: { path: ByteString }, name: ByteString, stats: EntryStats): Promise<void> | void {
    this.#entries += 1;
    if (stats.kind === 'file') this.#bytes += Number(stats.size);
    if (this.#entries % ENTRIES_PER_LOOK !== 0) return;
    if (performance.now() - this.#sliceStartMs < SLICE_MS) return;
    return this.#giveWay(`${directory.path}/${name}`);
  }

  async #giveWay(path: ByteString): Promise<void> {
    if (performance.now() - this.#stepMs >= STEP_MS) {
      this.#stepMs = performance.now();
      this.#watch.onStep({
        entriesDone: this.#entries,
        entriesTotal: this.#entriesTotal,
        bytesDone: this.#bytes,
        path: printed(path),
      });
    }
    await setImmediate();
    if (this.#watch.signal.aborted) throw cancelledFault(`snapshot of ${printed(path)}`);
    this.#sliceStartMs = performance.now();
  }
}
