// What can be seen of the state directory without regd.
import { access, constants, lstat, statfs } from 'node:fs/promises';
import type { StateDirectory } from '@permafrost/events/state-directory';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { isOfSystem } from '../system-error.ts';
import type { JournalFacts, OwnedFile, StateFacts } from './facts.ts';

const PERMISSIONS = 0o777;

export async function lookAtState({ stateDirectory }: Session): Promise<StateFacts> {
  try {
    return await look(stateDirectory());
  } catch (error) {
    if (error instanceof Failure) return { unseen: 'it is on the machine of regd' };
    if (!isOfSystem(error)) throw error;
    return { unseen: `${error.message}; run this as the user of regd, or as root` };
  }
}

/** Throws what the system says of the directory, or of the journal if it may not be read. */
async function look({ path, journal }: StateDirectory): Promise<StateFacts> {
  const directory = await owned(path);
  const files = [journal, `${journal}-wal`, `${journal}-shm`].map((file) =>
    owned(file).catch(unlessMissing),
  );
  const [database, ...logs] = await Promise.all(files);
  // Whoever may not read it cannot tell whether it is sound.
  if (database) await access(journal, constants.R_OK);
  const { bavail, bsize } = await statfs(path);
  return {
    owned: [directory, database, ...logs].filter((file) => file !== undefined),
    freeBytes: bavail * bsize,
    journal: database ? await glance(journal) : 'missing',
  };
}

async function owned(path: string): Promise<OwnedFile> {
  const { uid, mode } = await lstat(path);
  return { path, uid, mode: mode & PERMISSIONS };
}

async function glance(path: string): Promise<JournalFacts> {
  // Loaded here only: it costs time, and no other command needs it but backup and restore.
  const [{ glanceAtJournal }, { Fault }] = await Promise.all([
    import('@permafrost/events/sqlite'),
    import('@permafrost/events'),
  ]);
  try {
    return await glanceAtJournal(path);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: error.message };
  }
}

function unlessMissing(error: unknown): undefined {
  if (isOfSystem(error) && error.code === 'ENOENT') return undefined;
  throw error;
}
