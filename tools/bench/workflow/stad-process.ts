// A stad without files: its loop over a real journal, and a tree and shadow repos in memory. The
// arguments are the journal's path and the number of repos.
import { nodeClock } from '@permafrost/daemon-kit';
import { Engine, randomUuid, ulidSource } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { Runner, StadLoop } from '@permafrost/workflow-core';
import {
  FakeDisk,
  FakeLock,
  FakeShadow,
  FakeTree,
  silentLog,
} from '@permafrost/workflow-core/testing';

const [path = '', count = '1'] = process.argv.slice(2);
const journal = await openSqliteJournal({ path });
const disk = new FakeDisk();
for (let i = 0; i < Number(count); i++) disk.write(`/data/${i}/file`);
const stopping = new AbortController();
const [clock, log] = [nodeClock, silentLog];
const engine = new Engine({ journal, nextId: ulidSource(), states: journal });
const loop = new StadLoop({
  instance: randomUuid(),
  host: 'localhost',
  engine,
  board: journal,
  tree: new FakeTree(disk),
  shadow: new FakeShadow(disk),
  lock: new FakeLock(),
  clock,
});
const runner = new Runner({ engine, loop, clock, random: Math.random, log });
const run = runner.run(stopping.signal);
process.once('disconnect', () => {
  stopping.abort();
  void run.then(() => journal.close());
});
process.send?.('ready');
