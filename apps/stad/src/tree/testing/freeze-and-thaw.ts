// Freezes and thaws a tree with a driver that is opened as stad opens it, in a process of its own:
// freeze-and-thaw.ts DRIVER PATH. Prints the driver's class, what the log was told, and how many
// entries changed, as JSON.
import { stateDirectory } from '@permafrost/events/state-directory';
import { type DriverName, openDriver } from '../../driver.ts';
import { FlaggedTree } from '../immutable-tree.ts';

const [name = '', path = ''] = process.argv.slice(2);
const told: string[] = [];
const hear = (_: unknown, message: string): void => void told.push(message);
const driver = await openDriver({
  driver: name as DriverName,
  state: stateDirectory(`${path}-state`),
  log: { debug: hear, info: hear, warn: hear, error: hear },
});
const watch = { signal: new AbortController().signal, onStep: (): void => undefined };
const tree = new FlaggedTree(driver);
const changed: number[] = [];
for (const direction of ['freeze', 'unfreeze'] as const)
  changed.push((await tree.apply(direction, path, watch)).changed);
console.log(JSON.stringify({ kind: driver.constructor.name, told, changed }));
