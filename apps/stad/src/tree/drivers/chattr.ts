// Reads and sets the immutable attribute with the programs chattr and lsattr of e2fsprogs, which
// work for every Linux file system that keeps it. Both refuse to follow a symlink.
import type { AttributeDriver, Entry, FlagState, Outcome } from '../attribute-driver.ts';
import { whyRefused, whyUnreadable } from './diagnosis.ts';
import { parseLsattr } from './lsattr-output.ts';
import { argumentsFor, runOn } from './programs.ts';

const FLAG = { immutable: '+i', mutable: '-i' } as const;

export class ChattrDriver implements AttributeDriver {
  async read(entries: readonly Entry[], signal: AbortSignal): Promise<readonly Outcome[]> {
    if (entries.length === 0) return [];
    const args = argumentsFor(entries);
    const { ok, stdout } = await runOn(['lsattr', '-d'], args, signal);
    const states = parseLsattr(stdout, args.paths);
    const complete = states?.every((state) => state !== undefined) ?? false;
    const isCertain = (ok && complete) || !entries.some(({ name }) => name.includes('\n'));
    if (states && isCertain) return explainGaps(entries, states);
    const [only] = entries;
    if (only && entries.length === 1) return [await whyUnreadable(only)];
    return this.#readInHalves(entries, signal);
  }

  async write(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    if (entries.length === 0) return [];
    const { ok } = await runOn(['chattr', FLAG[wanted]], argumentsFor(entries), signal);
    if (ok) return entries.map(() => wanted);
    const states = (await this.read(entries, signal)).entries();
    const outcomes: Outcome[] = [];
    for (const [index, state] of states) {
      const entry = entries[index];
      const isRefused = typeof state === 'string' && state !== wanted;
      outcomes.push(isRefused && entry ? await whyRefused(entry) : state);
    }
    return outcomes;
  }

  /** Until it is certain which entry it was that could not be read. */
  async #readInHalves(entries: readonly Entry[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const middle = Math.ceil(entries.length / 2);
    const first = await this.read(entries.slice(0, middle), signal);
    return [...first, ...(await this.read(entries.slice(middle), signal))];
  }
}

async function explainGaps(
  entries: readonly Entry[],
  states: readonly (FlagState | undefined)[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, entry] of entries.entries())
    outcomes.push(states[index] ?? (await whyUnreadable(entry)));
  return outcomes;
}
