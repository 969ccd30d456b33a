// Reads and sets the immutable attribute with programs alone, lsattr and chattr of e2fsprogs, for
// where system calls cannot be made. Both refuse to follow a symlink.
import { FilesFault } from '@permafrost/workflow-core';
import type { AttributeDriver, Entry, FlagState, Outcome } from '../attribute-driver.ts';
import type { ByteName } from '../names.ts';
import { explainRefusals, whyUnreadable } from './diagnosis.ts';
import { parseLsattr } from './lsattr-output.ts';
import { runOn } from './xargs.ts';

const FLAG = { immutable: '+i', mutable: '-i' } as const;

export class ProgramsDriver implements AttributeDriver {
  readonly name = 'chattr with lsattr';

  async read(entries: readonly Entry[], signal: AbortSignal): Promise<readonly Outcome[]> {
    if (entries.length === 0) return [];
    const paths = entries.map(pathOf);
    const { stdout } = await runOn(['lsattr', '-d'], paths, signal);
    const states = parseLsattr(stdout, paths);
    if (!states) throw new FilesFault('FILES_IO', 'lsattr was cut short', { retry: 'later' });
    const outcomes: Outcome[] = [];
    for (const [index, entry] of entries.entries())
      outcomes.push(states[index] ?? (await whyUnreadable(entry)));
    return outcomes;
  }

  async write(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    if (entries.length === 0) return [];
    const { ok } = await runOn(['chattr', FLAG[wanted]], entries.map(pathOf), signal);
    if (ok) return entries.map(() => wanted);
    return explainRefusals(entries, await this.read(entries, signal), wanted);
  }
}

/** As {@link runOn} has it; it begins with a digit, and so never looks like an option. */
function pathOf({ fd, name }: Entry): ByteName {
  return `${fd}/${name}`;
}
