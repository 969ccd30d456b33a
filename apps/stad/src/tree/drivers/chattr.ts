// Reads and sets the immutable attribute with the programs chattr and lsattr of e2fsprogs, which
// work for every Linux file system that keeps it. Both refuse to follow a symlink.
import { FilesFault } from '@permafrost/workflow-core';
import type {
  AttributeDriver,
  Entry,
  EntryFailure,
  FlagState,
  Outcome,
} from '../attribute-driver.ts';
import type { ByteName } from '../names.ts';
import { whyRefused, whyUnreadable } from './diagnosis.ts';
import { parseLsattr } from './lsattr-output.ts';
import { runOn } from './programs.ts';

const FLAG = { immutable: '+i', mutable: '-i' } as const;

export class ChattrDriver implements AttributeDriver {
  async read(entries: readonly Entry[], signal: AbortSignal): Promise<readonly Outcome[]> {
    if (entries.length === 0) return [];
    const paths = entries.map(pathOf);
    const { stdout } = await runOn(['lsattr', '-d'], paths, signal);
    const states = parseLsattr(stdout, paths);
    if (!states) throw new FilesFault('FILES_IO', 'lsattr was cut short', { retry: 'later' });
    return explained(entries, states, () => false, whyUnreadable);
  }

  async write(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    if (entries.length === 0) return [];
    const { ok } = await runOn(['chattr', FLAG[wanted]], entries.map(pathOf), signal);
    if (ok) return entries.map(() => wanted);
    const states = await this.read(entries, signal);
    return explained(
      entries,
      states,
      (state) => typeof state === 'string' && state !== wanted,
      whyRefused,
    );
  }
}

/** As {@link runOn} has it; it begins with a digit, and so never looks like an option. */
function pathOf({ fd, name }: Entry): ByteName {
  return `${fd}/${name}`;
}

/** Puts an explanation in the place of each outcome that is in need of one. */
async function explained(
  entries: readonly Entry[],
  outcomes: readonly (Outcome | undefined)[],
  isOpen: (outcome: Outcome | undefined) => boolean,
  why: (entry: Entry) => Promise<EntryFailure>,
): Promise<readonly Outcome[]> {
  const answers: Outcome[] = [];
  for (const [index, entry] of entries.entries()) {
    const outcome = outcomes[index];
    answers.push(outcome === undefined || isOpen(outcome) ? await why(entry) : outcome);
  }
  return answers;
}
