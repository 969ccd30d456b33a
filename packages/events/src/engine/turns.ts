/** Lets one after the other work, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    // Whoever comes next does not mind how it ended.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
