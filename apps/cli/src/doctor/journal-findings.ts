// Whether the journal is sound, and out of the reach of others.
import { basename } from 'node:path';
import { count } from '../view/quantities.ts';
import type { JournalFacts, OwnedFile, StateFacts } from './facts.ts';
import {
  broken,
  findingsAbout,
  ok,
  unchecked,
  warning,
  type Finding,
  type Verdict,
} from './finding.ts';
import { roomVerdict } from './measures.ts';

const OTHERS_WRITE = 0o022;
const OTHERS_ANY = 0o077;

export function journalFindings(state: StateFacts): readonly Finding[] {
  if ('unseen' in state) return findingsAbout('journal', { file: unchecked(state.unseen) });
  const { owned, freeBytes, journal } = state;
  return findingsAbout('journal', {
    file: fileVerdict(journal),
    permissions: permissionsVerdict(owned),
    room: roomVerdict(owned[0]?.path ?? '', freeBytes),
  });
}

function fileVerdict(journal: JournalFacts): Verdict {
  if (journal === 'missing') {
    return broken(
      'there is none',
      'Start permafrost-regd; if there was one before, restore it first.',
    );
  }
  const restoring = 'keep a copy of what is there; then see Restore in docs/operations.md.';
  // What a newer program wrote is sound: a backup in its place would lose what is in it.
  if ('fault' in journal) return broken(journal.fault, `If it is damaged, ${restoring}`);
  const { schemaVersion, events, defects } = journal;
  if (defects.length > 0) return broken(`it is damaged: ${defects[0] ?? ''}`, `First ${restoring}`);
  return ok(`${count(events)} events, tables of version ${schemaVersion}, no damage`);
}

function permissionsVerdict(owned: readonly OwnedFile[]): Verdict {
  const [directory, ...files] = owned;
  const stray = files.find(({ uid }) => uid !== directory?.uid);
  if (directory && stray) {
    return warning(
      `${basename(stray.path)} belongs to user ${stray.uid}, its directory to user ${directory.uid}`,
      'Give all of it to the user that both daemons run as, with chown.',
    );
  }
  const written = owned.find(({ mode }) => (mode & OTHERS_WRITE) !== 0);
  if (written) return broken(`others may write to ${named(written)}`, closing(written));
  const open = owned.find(({ mode }) => (mode & OTHERS_ANY) !== 0);
  if (open) return warning(`others may look into ${named(open)}`, closing(open));
  return ok('only its owner may read and write it');
}

function named({ path, mode }: OwnedFile): string {
  return `${path} (mode ${mode.toString(8)})`;
}

function closing({ path }: OwnedFile): string {
  return `Close it: chmod go= ${path}`;
}
