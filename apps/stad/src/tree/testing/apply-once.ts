// Freezes or thaws one tree in a process of its own, for tests that start it with fewer privileges
// or kill it: apply-once.ts DRIVER DIRECTION PATH. Prints the outcome as JSON.
import type { Direction } from '@permafrost/workflow-core';
import { FilesFault } from '@permafrost/workflow-core';
import { FlaggedTree } from '../immutable-tree.ts';
import { realDriver, type RealDriverName } from './real-drivers.ts';

const [name = '', direction = '', path = ''] = process.argv.slice(2);
const watch = { signal: new AbortController().signal, onStep: (): void => undefined };
try {
  const tree = new FlaggedTree(await realDriver(name as RealDriverName));
  console.log(JSON.stringify(await tree.apply(direction as Direction, path, watch)));
} catch (error) {
  if (!(error instanceof FilesFault)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
