// A tree like those that people freeze, and the flags of all of it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlaggedTree, NativeDriver } from '@permafrost/stad/effects';
import type { Direction, Watch } from '@permafrost/workflow-core';
import { execa } from 'execa';
import { scratchDirectory } from '../scratch.ts';

const DIRECTORIES = 400;
export const FILES_IN_EACH = 500;
/** With the top. */
export const ENTRIES: number = 1 + DIRECTORIES * (1 + FILES_IN_EACH);

export const watch: Watch = { signal: new AbortController().signal, onStep: (): void => undefined };

export type PlantedTree = Readonly<{
  top: string;
  /** Beside the tree, for what is made of it. */
  beside: string;
  remove: () => Promise<void>;
}>;

/** 500 files in each directory. */
export function plantTree(directories: number = DIRECTORIES): PlantedTree {
  const { path: beside, remove } = scratchDirectory();
  const top = join(beside, 'data');
  plantFiles(top, directories);
  return {
    top,
    beside,
    remove: async () => {
      await applyQuickly('unfreeze', top);
      remove();
    },
  };
}

/** The files hold some bytes each, and all differ. */
export function plantFiles(top: string, directories: number): void {
  for (let directory = 0; directory < directories; directory++) {
    const path = join(top, `directory-${directory}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES_IN_EACH; file++)
      writeFileSync(join(path, `file-${file}`), `${directory}/${file}\n`);
  }
}

/** Between two measurements. */
export async function applyQuickly(direction: Direction, top: string): Promise<void> {
  await new FlaggedTree(await native()).apply(direction, top, watch);
}

let opened: Promise<NativeDriver> | undefined;
function native(): Promise<NativeDriver> {
  return (opened ??= NativeDriver.open());
}

/** What Permafrost is held against. */
export async function chattrRecursively(flag: '+i' | '-i', top: string): Promise<void> {
  await execa('chattr', ['-R', flag, top]);
}
