// Finds out by system calls of its own why a program failed on an entry. What the program prints is
// for people: its words differ by version, libc and language.
import type { BigIntStats } from 'node:fs';
import { access, constants, lstat, open } from 'node:fs/promises';
import type { Entry, EntryFailure, FlagState, Outcome } from '../attribute-driver.ts';
import { errnoOrThrow } from '../errno.ts';
import { bytesOf } from '../names.ts';
import { mayChangeFlags } from './privilege.ts';

/** Why the attribute of an entry could not be read. */
export async function whyUnreadable(entry: Entry): Promise<EntryFailure> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  try {
    const stats = await statOf(entry);
    if (!stats.isFile() && !stats.isDirectory()) return { errno: 'ENOENT' };
    const file = await open(pathOf(entry), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    await file.close();
    // It can be opened, so it is the question itself that was not understood.
    return { errno: 'ENOTTY' };
  } catch (error) {
    return { errno: errnoOrThrow(error) };
  }
}

/** Puts the reason in the place of each state that is not the wanted one after all. */
export async function explainRefusals(
  entries: readonly Entry[],
  outcomes: readonly Outcome[],
  wanted: FlagState,
): Promise<readonly Outcome[]> {
  const explained: Outcome[] = [];
  for (const [index, entry] of entries.entries()) {
    const outcome = outcomes[index] ?? { errno: 'EUNKNOWN' };
    const isRefused = typeof outcome === 'string' && outcome !== wanted;
    explained.push(isRefused ? await whyRefused(entry) : outcome);
  }
  return explained;
}

/** Why the attribute of an entry, which could be read, was not changed. */
async function whyRefused(entry: Entry): Promise<EntryFailure> {
  try {
    const { uid } = await statOf(entry);
    if (await isReadOnly(entry)) return { errno: 'EROFS' };
    return { errno: mayChangeFlags(uid) ? 'EUNKNOWN' : 'EPERM' };
  } catch (error) {
    return { errno: errnoOrThrow(error) };
  }
}

async function isReadOnly(entry: Entry): Promise<boolean> {
  try {
    await access(pathOf(entry), constants.W_OK);
    return false;
  } catch (error) {
    return errnoOrThrow(error) === 'EROFS';
  }
}

function statOf(entry: Entry): Promise<BigIntStats> {
  return lstat(pathOf(entry), { bigint: true });
}

function pathOf({ fd, name }: Entry): Buffer {
  return bytesOf(`/proc/self/fd/${fd}/${name}`);
}
