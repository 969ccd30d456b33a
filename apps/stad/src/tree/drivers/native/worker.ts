// A thread that makes system calls, one task after another. It knows nothing but descriptors and
// names: descriptors are the whole process's, and whoever gave the task keeps them open.
import { constants as os } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  Brought,
  Entry,
  EntryFailure,
  FlagState,
  Outcome,
  Swept,
} from '../../attribute-driver.ts';
import { attributeCalls, identityOf, typeOf } from './attribute-calls.ts';
import { Budget } from './budget.ts';
import { ChattrProgram } from './chattr-program.ts';
import { openDirectoryBelow } from './directory-open.ts';
import { DirectorySweep } from './directory-sweep.ts';
import { ITSELF, UNKNOWN } from './mount-watch.ts';
import { canOpenBelow } from './open-below.ts';
import { NotStartedError } from './spawn.ts';
import { type Address, call, errnoName, memory } from './system-calls.ts';
import type { Answer, AttributeWay, Ready, Reply, Request, Task } from './tasks.ts';

/** No file system has longer ones. */
const NAME_BYTES_MAX = 4095;

const way = workerData as AttributeWay;
const calls = attributeCalls(way === 'by-chattr' ? 'by-name' : way);
const chattr = way === 'by-chattr' ? new ChattrProgram(look) : undefined;
const name = memory(NAME_BYTES_MAX + 1);

const port = parentPort;
if (!port) throw new Error('this file is the main module of a worker');
port.on('message', ({ id, task }: Request) => {
  port.postMessage({ id, ...perform(task) } satisfies Reply);
});
port.postMessage({ canOpen: canOpenBelow() } satisfies Ready);

function perform(task: Task): { answer: Answer } | { notStarted: string } {
  try {
    return { answer: answerTo(task) };
  } catch (error) {
    if (error instanceof NotStartedError) return { notStarted: error.errno };
    throw error;
  }
}

function answerTo(task: Task): Answer {
  switch (task.do) {
    case 'read':
      return task.entries.map(look);
    case 'write':
      return write(task.entries, task);
    case 'bring':
      return task.entries.map((entry) => bring(entry, task.wanted));
    case 'open':
      return openAll(task.directories);
    case 'sweep':
      return task.order.mayWrite && chattr ? lookAndBring(task) : sweep(task);
    case 'lock':
      return lock(task.fd);
  }
}

function openAll(directories: readonly Entry[]): Answer<Extract<Task, { do: 'open' }>> {
  // Many of them have the same parent, which stays open meanwhile.
  const devices = new Map<number, bigint>();
  return directories.map((directory) => {
    if (!setName(directory)) return { errno: 'ENAMETOOLONG' };
    const { fd } = directory;
    const device = devices.get(fd) ?? identityOf(fd).device;
    devices.set(fd, device);
    return openDirectoryBelow(fd, name.at, device);
  });
}

function setName(entry: Entry): boolean {
  if (entry.name.length > NAME_BYTES_MAX) return false;
  name.buffer[name.buffer.write(entry.name, 'latin1')] = 0;
  return true;
}

function look(entry: Entry): Outcome {
  return outcomeOf(entry, calls.look, (isImmutable) => (isImmutable ? 'immutable' : 'mutable'));
}

type Bringing = Readonly<{ wanted: FlagState; hold?: number | undefined }>;

function write(entries: readonly Entry[], { wanted, hold }: Bringing): readonly Outcome[] {
  if (chattr) return chattr.bring(entries, { wanted, hold });
  return entries.map((entry) => {
    const brought = bring(entry, wanted);
    return typeof brought === 'string' ? wanted : brought;
  });
}

function bring(entry: Entry, wanted: FlagState): Brought {
  const mounts = entry.name === '.' ? ITSELF : UNKNOWN;
  const work: Work = (fd, at) => calls.bring(fd, at, wanted === 'immutable', mounts);
  return outcomeOf(entry, work, (isChanged) => (isChanged ? 'changed' : 'unchanged'));
}

type Work = (fd: number, name: Address) => number;

function outcomeOf<T>(entry: Entry, work: Work, answerOf: (result: number) => T): T | EntryFailure {
  if (!setName(entry)) return { errno: 'ENAMETOOLONG' };
  const type = entry.name === '.' ? 'directory' : typeOf(entry.fd, name.at);
  if (typeof type === 'number') return { errno: errnoName(type) };
  if (type !== 'file' && type !== 'directory') return { errno: 'ENOENT' };
  const result = work(entry.fd, name.at);
  return result < 0 ? { errno: errnoName(result) } : answerOf(result);
}

const LOCK_EX_NB = 2 | 4;

function lock(fd: number): boolean {
  const result = call('flock', fd, LOCK_EX_NB);
  if (result < 0 && result !== -os.errno.EWOULDBLOCK) throw new Error(errnoName(result));
  return result === 0;
}

type SweepTask = Extract<Task, { do: 'sweep' }>;

function sweep(
  { directories, order }: Pick<SweepTask, 'directories' | 'order'>,
  budget: Budget = new Budget('calls'),
): readonly Swept[] {
  const sweeping = new DirectorySweep(calls, order);
  const answers: Swept[] = [];
  for (const directory of directories) {
    answers.push(sweeping.run(directory, budget));
    if (budget.isSpent) break;
  }
  return answers;
}

/** A program is for many entries, so those that are not as wanted are collected first. */
function lookAndBring({ directories, order, hold }: SweepTask): readonly Swept[] {
  const { wanted } = order;
  const look = { directories, order: { ...order, mayWrite: false } };
  const seen = sweep(look, new Budget('program'));
  const isWrong = ({ outcome }: Wrong): boolean => typeof outcome === 'string';
  const entriesOf = (swept: Swept, index: number): Entry[] => {
    const fd = directories[index]?.fd ?? -1;
    return swept.wrong.filter(isWrong).map(({ name }) => ({ fd, name }));
  };
  const outcomes = write(seen.flatMap(entriesOf), { wanted, hold }).values();
  return seen.map((swept): Swept => {
    const after = swept.wrong.map((wrong): Wrong => {
      const outcome = isWrong(wrong) ? outcomes.next().value : undefined;
      return outcome === undefined ? wrong : { ...wrong, outcome };
    });
    const still = after.filter(({ outcome }) => outcome !== wanted);
    return { ...swept, changed: after.length - still.length, wrong: still };
  });
}

type Wrong = Swept['wrong'][number];
