// One piece of work on a shadow repo: what it needs to know of the repo, and the processes that it
// runs, which all have ended when it is disposed of.
import { existsSync } from 'node:fs';
import { FilesFault } from '@permafrost/workflow-core';
import { printablePath } from '../tree/names.ts';
import type { ByteString } from '../byte-string.ts';
import { Git } from './git.ts';
import { ObjectReader, type StoredObject } from './object-reader.ts';
import { parseBlob } from './stat-blob.ts';
import type { Recorded } from './top-record.ts';
import { trackingOf, type Tracking } from './tracking.ts';

export const STAT_BRANCH = 'refs/heads/master-stat';
const STUB_BRANCH = 'refs/heads/master-stub';

export class Session implements AsyncDisposable {
  readonly git: Git;
  readonly objects: ObjectReader;

  /** Throws FILES_MISSING when there is no shadow repo. */
  constructor(options: Readonly<{ program: string; gitDir: string; signal: AbortSignal }>) {
    if (!existsSync(options.gitDir)) {
      const path = printablePath(options.gitDir);
      throw new FilesFault('FILES_MISSING', `shadow repository ${path} is not there`, {
        retry: 'never',
      });
    }
    this.git = new Git(options);
    this.objects = new ObjectReader(this.git);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.objects[Symbol.asyncDispose]();
  }

  /** The latest commit of the branch that records stat information. */
  async head(): Promise<StoredObject> {
    const commit = await this.objects.read(STAT_BRANCH);
    if (commit === undefined) throw this.#unusable(`there is no ${STAT_BRANCH}`);
    return commit;
  }

  async tracking(): Promise<Tracking> {
    const [gitignore, nogbundles] = [
      await this.#text(`${STUB_BRANCH}:.gitignore`),
      await this.#text(`${STUB_BRANCH}:.nogbundles`),
    ];
    const tracking = trackingOf(gitignore, nogbundles);
    // Guessing would record what somebody wanted hidden, or hide what a freeze must record.
    if (tracking === undefined) throw this.#unusable(`its .gitignore has patterns of its own`);
    return tracking;
  }

  /** What a commit says of the top directory. */
  async top(commit: string): Promise<Readonly<{ id?: string; values: Recorded }>> {
    const stored = await this.objects.read(`${commit}:.nogtree`);
    if (stored === undefined) return { values: new Map() };
    return { id: stored.id, values: parseBlob(stored.content) };
  }

  async #text(name: ByteString): Promise<string> {
    return (await this.objects.read(name))?.content.toString('utf8') ?? '';
  }

  #unusable(reason: string): FilesFault {
    const path = printablePath(this.git.gitDir);
    const message = `shadow repository ${path} cannot be used: ${reason}`;
    return new FilesFault('FILES_GIT_FAILED', message, { retry: 'never' });
  }
}
