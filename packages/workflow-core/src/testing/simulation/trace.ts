const LINES_KEPT = 400;

/** What happened, in order: the latest lines to read, and a digest of all to compare runs by. */
export class Trace {
  readonly #lines: string[] = [];
  #digest = 0x811c9dc5;
  #count = 0;

  add(atMs: number, who: string, what: string): void {
    const line = `${atMs.toFixed(3)} ${who} ${what}`;
    for (let i = 0; i < line.length; i++) {
      this.#digest = Math.imul(this.#digest ^ line.charCodeAt(i), 0x01000193) >>> 0;
    }
    this.#count++;
    this.#lines.push(line);
    if (this.#lines.length > 2 * LINES_KEPT) this.#lines.splice(0, LINES_KEPT);
  }

  get digest(): string {
    return `${this.#count}-${this.#digest.toString(16).padStart(8, '0')}`;
  }

  latest(): readonly string[] {
    return this.#lines.slice(-LINES_KEPT);
  }
}
