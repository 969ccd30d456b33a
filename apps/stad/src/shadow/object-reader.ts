// Reads single objects of a shadow repo, all through one process, which is started when it is
// first needed.
import type { Git, GitCommand } from './git.ts';

export type StoredObject = Readonly<{ id: string; content: Buffer }>;

export class ObjectReader implements AsyncDisposable {
  readonly #git: Git;
  #command: GitCommand | undefined;
  #chunks: AsyncIterator<Buffer, undefined> | undefined;
  #received: Buffer = Buffer.alloc(0);

  constructor(git: Git) {
    this.#git = git;
  }

  /**
   * Reads what `name` stands for, as `HEAD:.gitignore` or an id; undefined when there is none.
   * One read at a time.
   */
  async read(name: string): Promise<StoredObject | undefined> {
    this.#command ??= this.#git.start(['cat-file', '--batch'], 'stream');
    this.#command.stdin.write(`${name}\n`);
    const [id, , size] = (await this.#line()).split(' ');
    if (id === undefined || size === undefined) return undefined; // "<name> missing"
    const content = await this.#bytes(Number(size));
    await this.#line();
    return { id, content };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#command?.[Symbol.asyncDispose]();
  }

  async #line(): Promise<string> {
    let end: number;
    while ((end = this.#received.indexOf(10)) < 0) await this.#receive();
    const line = this.#received.toString('latin1', 0, end);
    this.#received = this.#received.subarray(end + 1);
    return line;
  }

  async #bytes(count: number): Promise<Buffer> {
    while (this.#received.length < count) await this.#receive();
    const bytes = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return bytes;
  }

  async #receive(): Promise<void> {
    const command = this.#command;
    if (command === undefined) throw new Error('nothing was asked for');
    this.#chunks ??= command.chunks();
    const { done, value } = await this.#chunks.next();
    if (done === true) throw new Error('git cat-file ended before it had answered');
    this.#received = Buffer.concat([this.#received, value]);
  }
}
