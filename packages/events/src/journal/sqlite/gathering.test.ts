import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Draft } from '../../testing/draft.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

async function counting() {
  const journal = await openUntilTestEnds({ path: await temporaryPath() });
  let turns = 0;
  let isCounting = true;
  const count = async (): Promise<void> => {
    for (; isCounting; turns++) await nextTurn();
  };
  const counted = count();
  return {
    append: () => journal.commit([new Draft().append()]),
    transactions: async () => (await journal.diagnostics()).transactions,
    stop: async () => {
      isCounting = false;
      await counted;
      return turns;
    },
  };
}

test('a writer that is alone does not wait for others, yet lets them have their turns', async () => {
  const { append, stop } = await counting();
  const commits = 90;
  for (let i = 0; i < commits; i++) await append();
  const turns = await stop();
  expect(turns).toBeGreaterThanOrEqual(commits / 9 - 1);
  expect(turns).toBeLessThan(commits / 2);
});

test('those who come by events of their own share a transaction, once there are several', async () => {
  const { append, transactions, stop } = await counting();
  const clients = 20;
  await sleep(10);
  const done: Promise<unknown>[] = [];
  await new Promise<void>((resolve) => {
    for (let i = 0; i < clients; i++)
      setImmediate(() => {
        done.push(append());
        if (i === clients - 1) resolve();
      });
  });
  await Promise.all(done);
  await stop();
  // The first waits for nobody, nor does one that comes late because the machine is busy.
  expect(await transactions()).toBeLessThan(clients / 2);
});
