// Loaded into a daemon before it starts (node --import): counts what the daemon does to the world,
// before and after each, and kills the process with SIGKILL at the count that the environment names.
import { SqliteJournal } from '@permafrost/events/sqlite';
import {
  ChattrDriver,
  FlaggedTree,
  GitShadowRepo,
  ProgramsDriver,
  SimulatedDriver,
} from '@permafrost/stad/effects';
import { CRASH_AT } from './crash-at.ts';

const crashAt = Number(process.env[CRASH_AT] ?? '0');
let count = 0;

function point(label: string): void {
  count++;
  if (count !== crashAt) return;
  process.stderr.write(`${JSON.stringify({ msg: 'crash point', label, count })}\n`);
  process.kill(process.pid, 'SIGKILL');
}

type Method = (...args: never[]) => Promise<unknown>;

/** Puts a crash point before and after every call of a method. */
function interrupt(prototype: object, name: string, label: string): void {
  const methods = prototype as Record<string, Method>;
  const original = methods[name];
  if (!original) throw new Error(`no method ${name} to interrupt`);
  methods[name] = async function (this: unknown, ...args: never[]): Promise<unknown> {
    point(`before ${label}`);
    const result = await original.apply(this, args);
    point(`after ${label}`);
    return result;
  };
}

if (crashAt > 0) {
  interrupt(SqliteJournal.prototype, 'commit', 'commit');
  interrupt(FlaggedTree.prototype, 'apply', 'apply');
  interrupt(ChattrDriver.prototype, 'write', 'write attributes');
  interrupt(ChattrDriver.prototype, 'sweep', 'sweep directories');
  interrupt(ProgramsDriver.prototype, 'write', 'write attributes');
  interrupt(SimulatedDriver.prototype, 'write', 'write attributes');
  interrupt(GitShadowRepo.prototype, 'init', 'init shadow');
  interrupt(GitShadowRepo.prototype, 'snapshot', 'snapshot');
}
