// A thread that makes system calls, one task after another. It knows nothing but descriptors and
// names: descriptors are the whole process's, and whoever gave the task keeps them open.
import { parentPort, workerData } from 'node:worker_threads';
import type { Entry, FlagState, Outcome, Swept } from '../../attribute-driver.ts';
import { attributeCalls, type AttributeWay, typeOf } from './attribute-calls.ts';
import { canOpenBelow, openBelow } from './directory-open.ts';
import { DirectorySweep, entriesIn } from './directory-sweep.ts';
import { type Address, errnoName, memory } from './system-calls.ts';
import type { Answer, Ready, Reply, Request, Task } from './tasks.ts';

/** A fraction of a second of work, also where each entry has to be read from a disk. */
const SWEPT_ENTRIES_MAX = 4096;
/** No file system has longer ones. */
const NAME_BYTES_MAX = 4095;

const calls = attributeCalls(workerData as AttributeWay);
const name = memory(NAME_BYTES_MAX + 1);

const port = parentPort;
if (!port) throw new Error('this file is the main module of a worker');
port.on('message', ({ id, task }: Request) => {
  port.postMessage({ id, answer: perform(task) } satisfies Reply);
});
port.postMessage({ canOpen: canOpenBelow() } satisfies Ready);

function perform(task: Task): Answer {
  switch (task.do) {
    case 'read':
      return task.entries.map((entry) =>
        outcomeOf(entry, calls.look, (isImmutable) => (isImmutable ? 'immutable' : 'mutable')),
      );
    case 'write': {
      const { wanted } = task;
      const bring: Work = (fd, at) => calls.bring(fd, at, wanted === 'immutable');
      return task.entries.map((entry) => outcomeOf(entry, bring, () => wanted));
    }
    case 'open':
      return task.directories.map(open);
    case 'sweep':
      return sweep(task);
  }
}

function open(directory: Entry): Answer<Extract<Task, { do: 'open' }>>[number] {
  return setName(directory) ? openBelow(directory.fd, name.at) : { errno: 'ENAMETOOLONG' };
}

function setName(entry: Entry): boolean {
  if (entry.name.length > NAME_BYTES_MAX) return false;
  name.buffer[name.buffer.write(entry.name, 'latin1')] = 0;
  return true;
}

type Work = (fd: number, name: Address) => number;

function outcomeOf(entry: Entry, work: Work, stateOf: (result: number) => FlagState): Outcome {
  if (!setName(entry)) return { errno: 'ENAMETOOLONG' };
  const type = typeOf(entry.fd, name.at);
  if (typeof type === 'number') return { errno: errnoName(type) };
  if (type !== 'file' && type !== 'directory') return { errno: 'ENOENT' };
  const result = work(entry.fd, name.at);
  return result < 0 ? { errno: errnoName(result) } : stateOf(result);
}

function sweep({ directories, order }: Extract<Task, { do: 'sweep' }>): readonly Swept[] {
  const sweeping = new DirectorySweep(calls, order);
  const answers: Swept[] = [];
  let left = SWEPT_ENTRIES_MAX;
  for (const directory of directories) {
    const swept = sweeping.run(directory, left);
    answers.push(swept);
    left -= entriesIn(swept);
    if (left <= 0) break;
  }
  return answers;
}
