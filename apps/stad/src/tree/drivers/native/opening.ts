// Directories that are wanted at the same moment are opened by one task.
import type { Entry, OpenDirectory } from '../../attribute-driver.ts';
import { SystemCallError } from '../../errno.ts';
import type { Answer, Task } from './tasks.ts';

type OpenAll = (directories: readonly Entry[]) => Promise<Answer<Extract<Task, { do: 'open' }>>>;

export class Opening {
  readonly #openAll: OpenAll;
  #wanted: Entry[] = [];
  #opened: ReturnType<OpenAll> | undefined;

  constructor(openAll: OpenAll) {
    this.#openAll = openAll;
  }

  /** As {@link AttributeDriver.openDirectory}. */
  async open(directory: Entry): Promise<OpenDirectory | undefined> {
    const index = this.#wanted.push(directory) - 1;
    this.#opened ??= this.#openWanted();
    const answer = (await this.#opened)[index];
    if (answer && 'errno' in answer) throw new SystemCallError(answer.errno, 'openat2');
    return answer;
  }

  /** Waits until all who have something to say at this moment have said it. */
  async #openWanted(): ReturnType<OpenAll> {
    await new Promise<void>(setImmediate);
    const wanted = this.#wanted;
    this.#wanted = [];
    this.#opened = undefined;
    return this.#openAll(wanted);
  }
}
