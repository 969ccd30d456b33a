// Writes one commit through `git fast-import`, change by change as they are found. The branch moves
// at the very end and at once: whenever this is interrupted, the branch is as it was before.
import { once } from 'node:events';
import { FilesFault } from '@permafrost/workflow-core';
import { bytesOfText, type ByteString } from '../byte-string.ts';
import type { Git, GitCommand } from './git.ts';
import { identLine, type Stamp } from './stamp.ts';

const FLUSH_CHARS = 64 * 1024;

export type CommitHead = Readonly<{
  branch: string;
  parent?: string;
  stamp: Stamp;
  subject: string;
}>;

/** What a tree can hold here: texts about entries, and symlinks. */
export type EntryMode = '100644' | '120000';

export class CommitWriter implements AsyncDisposable {
  readonly #git: Git;
  #command: GitCommand | undefined;
  #isEmpty = true;
  #pending: ByteString;

  /** Nothing is started before there is something to write. */
  constructor(git: Git, head: CommitHead) {
    this.#git = git;
    this.#pending =
      `commit ${head.branch}\nmark :1\n` +
      `author ${identLine(head.stamp.author, head.stamp.time)}\n` +
      `committer ${identLine(head.stamp.committer, head.stamp.time)}\n` +
      dataCommand(bytesOfText(`${head.subject}\n`)) +
      (head.parent === undefined ? '' : `from ${head.parent}\n`);
  }

  /** True until the first change. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Starts git already, for a caller who knows that there will be a change. */
  start(): void {
    this.#started();
  }

  /** Await it before the next call, here and below. */
  set(path: ByteString, mode: EntryMode, content: ByteString): Promise<void> | void {
    return this.#change(`M ${mode} inline ${quotePath(path)}\n${dataCommand(content)}`);
  }

  delete(path: ByteString): Promise<void> | void {
    return this.#change(`D ${quotePath(path)}\n`);
  }

  /** Points other branches to the same commit, and moves them all. Resolves to the commit's id. */
  async finish(otherBranches: readonly string[] = []): Promise<string> {
    const resets = otherBranches.map((branch) => `reset ${branch}\nfrom :1\n\n`).join('');
    this.#pending += `\n${resets}get-mark :1\ndone\n`;
    const { stdin, finished } = this.#started();
    stdin.end(this.#pending, 'latin1');
    const commit = (await finished).trim();
    if (/^[0-9a-f]{40}$/.test(commit)) return commit;
    throw new FilesFault('FILES_GIT_FAILED', 'git fast-import told no commit', { retry: 'later' });
  }

  /** Without `finish` before, the stream ends early and git drops what it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#command?.[Symbol.asyncDispose]();
  }

  #change(command: ByteString): Promise<void> | void {
    this.#isEmpty = false;
    this.#pending += command;
    if (this.#pending.length >= FLUSH_CHARS) return this.#flush();
  }

  async #flush(): Promise<void> {
    const { stdin, finished } = this.#started();
    const hasRoom = stdin.write(this.#pending, 'latin1');
    this.#pending = '';
    // A git that has died never drains; its end rejects with the reason.
    if (!hasRoom) await Promise.race([once(stdin, 'drain').catch(() => finished), finished]);
  }

  #started(): GitCommand {
    const args = ['fast-import', '--quiet', '--done', '--date-format=raw'];
    return (this.#command ??= this.#git.start(args, 'collect'));
  }
}

function dataCommand(content: ByteString): ByteString {
  return `data ${content.length}\n${content}\n`;
}

/** In quotes as in C, so that no name can be taken for a command or an option. */
function quotePath(path: ByteString): ByteString {
  const escaped = path.replace(
    /[^\x20\x21\x23-\x5b\x5d-\x7e]/g,
    (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}
