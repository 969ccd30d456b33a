// One thread for system calls, seen from the daemon's side.
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FilesFault } from '@permafrost/workflow-core';
import type { Answer, AttributeWay, Ready, Reply, Request, Task } from './tasks.ts';

type Waiting = Readonly<{ resolve: (answer: Answer) => void; reject: (error: unknown) => void }>;

/** Beside this file, and like it either TypeScript or what has been built from it. */
const WORKER = new URL(`worker${extname(import.meta.url)}`, import.meta.url);

export class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #canOpen = false;
  /** Why it does nothing any more. */
  #end: Error | undefined;

  private constructor(way: AttributeWay) {
    this.#worker = new Worker(WORKER, {
      name: 'attributes',
      workerData: way,
      resourceLimits: HEAP,
    });
    this.#worker.on('message', (reply: Reply | Ready) => {
      if ('canOpen' in reply) this.#canOpen = reply.canOpen;
      else if ('answer' in reply) this.#settle(reply.id)?.resolve(reply.answer);
      else this.#settle(reply.id)?.reject(notStarted(reply.notStarted));
    });
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread for system calls has ended')));
  }

  /** Resolves when the thread is ready; rejects with the reason when it cannot be. */
  static async start(way: AttributeWay): Promise<Thread> {
    const thread = new Thread(way);
    await once(thread.#worker, 'message');
    thread.#worker.unref();
    return thread;
  }

  /** Whether this kernel can do the task `open`. */
  get canOpen(): boolean {
    return this.#canOpen;
  }

  /** Tasks that it has not finished. */
  get load(): number {
    return this.#waiting.size;
  }

  /** Rejects with {@link FilesFault} if chattr cannot be run, or if the thread has died of a bug. */
  run<T extends Task>(task: T): Promise<Answer<T>> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.#end) {
        reject(this.#end);
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      // The process lives as long as it waits for an answer, and no longer.
      this.#worker.ref();
      this.#worker.postMessage({ id, task } satisfies Request);
    }) as Promise<Answer<T>>; // The worker answers each task in its own kind.
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(this.#end);
  }
}

function notStarted(errno: string): FilesFault {
  return errno === 'ENOENT'
    ? new FilesFault('FILES_NO_PROGRAM', 'chattr is needed, and is not there', { retry: 'never' })
    : new FilesFault('FILES_IO', `chattr could not be started: ${errno}`, { retry: 'later' });
}

/** In MB: it holds one listing and one answer, and must not grow into the daemon's budget. */
const HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 };
