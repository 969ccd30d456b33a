// One of two processes that do the least that a workflow could be: four commits in turn, each of which
// wakes the other one. The arguments are the path of a database and which one this is: 0 or 1. Asked
// for a number of rounds, 0 answers with the milliseconds that they took.
import { closeSync, openSync, watch, writeSync } from 'node:fs';
import Database from 'better-sqlite3';

const COMMITS = 4;

const [path = '', own = '0'] = process.argv.slice(2);
const bell = openSync(`${path}.bell`, 'a');
const db = new Database(path);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE IF NOT EXISTS steps (step INTEGER PRIMARY KEY, body BLOB)');
const insert = db.prepare<[Uint8Array]>('INSERT INTO steps (body) VALUES (?)');
const last = db.prepare<[], number>('SELECT max(step) FROM steps').pluck();
const body = new Uint8Array(100);
let roundEnds: () => void = () => undefined;
const watcher = watch(`${path}.bell`, () => {
  look();
});
process.on('message', (rounds: number) => {
  void play(rounds).then((ms) => process.send?.(ms));
});
process.once('disconnect', () => {
  watcher.close();
  closeSync(bell);
  db.close();
});
process.send?.('ready');

async function play(rounds: number): Promise<number> {
  const startMs = performance.now();
  for (let i = 0; i < rounds; i++) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    roundEnds = () => {
      resolve(undefined);
    };
    step();
    await promise;
  }
  return performance.now() - startMs;
}

/** Even steps are followed by 0, odd ones by 1; the fourth ends a round, and 0 begins the next. */
function look(): void {
  const done = (last.get() ?? 0) % COMMITS;
  if (own === '0' && done === 0) roundEnds();
  else if (done !== 0 && done % 2 === Number(own)) step();
}

function step(): void {
  insert.run(body);
  writeSync(bell, '\n');
}
