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

/**
 * How long the file stays open between two rings, in milliseconds: one that was put in its place is the
 * one that others watch.
 */
const KEPT_OPEN_MS = 5;

// A write, not a new time stamp: that would need the owner of the file.
const RING = Buffer.from('\n');

export class Doorbell {
  readonly #path: string;
  readonly #onRing: () => void;
  readonly #lookMs: number;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #kept: { readonly file: number; readonly untilMs: number } | undefined;

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
      writeSync(this.#keptFile(), RING);
    } catch {
      // The commit is safe. That its bell is broken, `isWatched` tells on the other side.
      this.#letGo();
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

  /** Nobody rings or listens any more. */
  close(): void {
    this.mute();
    this.#letGo();
  }

  #watch(): void {
    this.#unwatch();
    try {
      // Opening it creates it.
      closeSync(this.#open());
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

  #keptFile(): number {
    const nowMs = performance.now();
    if (this.#kept && nowMs < this.#kept.untilMs) return this.#kept.file;
    this.#letGo();
    this.#kept = { file: this.#open(), untilMs: nowMs + KEPT_OPEN_MS };
    return this.#kept.file;
  }

  #letGo(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    if (!kept) return;
    try {
      closeSync(kept.file);
    } catch {
      // On a network file system a close tells of writes that failed; the file is let go all the same.
    }
  }

  #open(): number {
    return openSync(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600);
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
