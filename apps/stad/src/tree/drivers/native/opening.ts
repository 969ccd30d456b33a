// Directories that are wanted at the same moment are opened by one task.
import type { Entry, OpenDirectory } from '../../attribute-driver.ts';
import type { Answer, Task } from './tasks.ts';

type OpenAll = (directories: readonly Entry[]) => Promise<Answer<Extract<Task, { do: 'open' }>>>;

/** A directory could not be opened, for the reason that `code` names as Node does. */
class OpenDirectoryError extends Error {
  readonly code: string;
  readonly syscall = 'openat2';

  constructor(code: string) {
    super(`${code}: openat2`);
    this.code = code;
  }
}

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
    if (answer && 'errno' in answer) throw new OpenDirectoryError(answer.errno);
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
