// Wakes other processes after a commit: a small file beside the journal, written to by who commits
// and watched by who waits. A bell may be missed (a kill between commit and ring, a watch that the
// system drops), so that a listener also looks by itself now and then.
import { closeSync, constants, openSync, watch, writeSync, type FSWatcher } from 'node:fs';

export interface DoorbellOptions {
  path: string;
  /** Called on every ring, of this process too, and now and then without one. */
  onRing: () => void;
  /** How often to look without a ring, in milliseconds. */
  lookMs: number;
}

/** How often to look while the file cannot be watched, in milliseconds. */
const UNWATCHED_LOOK_MS = 50;

export class Doorbell {
  readonly #path: string;
  readonly #onRing: () => void;
  readonly #lookMs: number;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ path, onRing, lookMs }: DoorbellOptions) {
    this.#path = path;
    this.#onRing = onRing;
    this.#lookMs = lookMs;
  }

  /** Whether rings are heard at once; if not, while listening, they are noticed at the next look. */
  get isWatched(): boolean {
    return this.#watcher !== undefined;
  }

  /** Never throws: who waits will look by itself. */
  ring(): void {
    try {
      this.#withFile((file) => {
        // A write, not a new time stamp: that would need the owner of the file.
        writeSync(file, '\n');
      });
    } catch {
      // The commit is safe. That its bell is broken, `isWatched` tells on the other side.
    }
  }

  /** Begins to listen. The process stays alive until {@link mute}. */
  listen(): void {
    this.#watch();
    this.#lookLater();
  }

  mute(): void {
    this.#unwatch();
    clearTimeout(this.#timer);
  }

  #watch(): void {
    this.#unwatch();
    try {
      this.#withFile(() => {
        // Opening it has created it.
      });
      this.#watcher = watch(this.#path, (event) => {
        // The watch follows the file, not the name: after a removal or rename it hears nothing more.
        if (event === 'rename') this.#watch();
        this.#onRing();
      });
      this.#watcher.on('error', () => {
        this.#unwatch();
      });
    } catch {
      // The next look tries again.
    }
  }

  /** By name each time: a file that was put in the place of the old one is the one being watched. */
  #withFile(use: (file: number) => void): void {
    const file = openSync(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600);
    try {
      use(file);
    } finally {
      closeSync(file);
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #lookLater(): void {
    const delayMs = this.#watcher ? this.#lookMs : Math.min(UNWATCHED_LOOK_MS, this.#lookMs);
    this.#timer = setTimeout(() => {
      if (!this.#watcher) this.#watch();
      this.#onRing();
      this.#lookLater();
    }, delayMs);
  }
}
