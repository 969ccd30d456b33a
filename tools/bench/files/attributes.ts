import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChattrDriver, FlaggedTree, NativeDriver } from '@permafrost/stad/effects';
import { execa } from 'execa';
import type { Benchmark, Sides } from '../benchmark.ts';
import { perSecond } from '../scratch.ts';
import { applyQuickly, chattrRecursively, ENTRIES, plantTree, watch } from './planted-tree.ts';

/** Runs both sides on one tree, which is thawed before and after. */
type Measure = (tree: FlaggedTree, top: string) => Promise<Sides>;

/** Clears the attribute, as chattr does. Setting it is part of the freezes below. */
const clear: Measure = async (tree, top) => {
  await applyQuickly('freeze', top);
  const measured = await perSecond(ENTRIES, () => tree.apply('unfreeze', top, watch));
  await applyQuickly('freeze', top);
  const reference = await perSecond(ENTRIES, () => chattrRecursively('-i', top));
  return { measured, reference };
};

const freeze: Measure = async (tree, top) => {
  const measured = await perSecond(ENTRIES, () => tree.apply('freeze', top, watch));
  await tree.apply('unfreeze', top, watch);
  const reference = await perSecond(ENTRIES, () => chattrRecursively('+i', top));
  await tree.apply('unfreeze', top, watch);
  return { measured, reference };
};

const freezeAgain: Measure = async (tree, top) => {
  const reference = await perSecond(ENTRIES, () => tree.apply('freeze', top, watch));
  const measured = await perSecond(ENTRIES, () => tree.apply('freeze', top, watch));
  await tree.apply('unfreeze', top, watch);
  return { measured, reference };
};

/** A freeze of what is frozen does nothing but look once, as the verification of any freeze does. */
const verify: Measure = async (tree, top) => {
  await tree.apply('freeze', top, watch);
  const measured = await perSecond(ENTRIES, () => tree.apply('freeze', top, watch));
  const reference = await perSecond(ENTRIES, () =>
    execa('find', [top, '-printf', '%s'], { stdout: 'ignore' }),
  );
  await tree.apply('unfreeze', top, watch);
  return { measured, reference };
};

type Row = Readonly<{
  name: string;
  measured: string;
  reference: string;
  atLeast: number;
  measure: Measure;
  open: () => Promise<ConstructorParameters<typeof FlaggedTree>[0]>;
}>;

const native = (): Promise<NativeDriver> => NativeDriver.open();

export const attributes: readonly Benchmark[] = [
  {
    name: 'files/clear-chattr',
    measured: 'thaw, driver chattr',
    reference: 'chattr -R -i',
    atLeast: 1.5,
    measure: clear,
    open: () => ChattrDriver.open(join(tmpdir(), 'permafrost-bench-holds')),
  },
  {
    name: 'files/clear-native',
    measured: 'thaw, driver native',
    reference: 'chattr -R -i',
    atLeast: 4,
    measure: clear,
    open: native,
  },
  {
    name: 'files/clear-native-by-descriptor',
    measured: 'thaw, driver native as on kernels before 6.17',
    reference: 'chattr -R -i',
    atLeast: 2.5,
    measure: clear,
    open: () => NativeDriver.open('by-descriptor'),
  },
  {
    name: 'files/freeze-native',
    measured: 'whole freeze with verification, driver native',
    reference: 'chattr -R +i',
    atLeast: 3,
    measure: freeze,
    open: native,
  },
  {
    name: 'files/verify-native',
    measured: 'verification, driver native',
    reference: "find -printf '%s'",
    atLeast: 1,
    measure: verify,
    open: native,
  },
  {
    name: 'files/freeze-again-native',
    measured: 'freeze of a frozen tree, driver native',
    reference: 'its first freeze',
    atLeast: 2,
    measure: freezeAgain,
    open: native,
  },
].map(benchmarkOf);

function benchmarkOf({ name, measured, reference, atLeast, measure, open }: Row): Benchmark {
  return {
    name,
    measured,
    reference,
    unit: 'entries/s',
    comparison: 'ratio',
    target: { atLeast },
    prepare: async () => {
      const { top, remove } = plantTree();
      const tree = new FlaggedTree(await open());
      return { run: () => measure(tree, top), close: remove };
    },
  };
}
