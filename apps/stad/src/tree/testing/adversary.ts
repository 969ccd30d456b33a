// A user who owns the data and does the worst with it: adversary.ts TREE OUTSIDE. Until it is
// killed, it swaps the entries of TREE for symlinks and hard links to what is in OUTSIDE, renames
// directories, and creates files. Every call may fail; it goes on.
import {
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const [tree = '', outside = ''] = process.argv.slice(2);

function attempt(misdeed: () => unknown): void {
  try {
    misdeed();
  } catch {
    // Refused, as it should be where the tree is frozen already.
  }
}

console.log('begins');
for (let round = 0; ; round++) {
  for (const name of readdirSync(tree)) {
    const victim = join(tree, name);
    const aside = join(tree, `aside-${round % 7}`);
    attempt(() => renameSync(victim, aside));
    attempt(() => symlinkSync(outside, victim));
    attempt(() => symlinkSync(join(outside, 'file'), join(victim, `link-${round % 5}`)));
    attempt(() => rmSync(victim));
    attempt(() => renameSync(aside, victim));
    attempt(() => writeFileSync(join(victim, `new-${round % 11}`), ''));
    attempt(() => renameSync(join(victim, '1'), join(victim, '1-aside')));
    attempt(() => symlinkSync(join(outside, 'file'), join(victim, '1')));
    attempt(() => rmSync(join(victim, '1')));
    attempt(() => linkSync(join(outside, 'frozen'), join(victim, '1')));
    attempt(() => renameSync(join(victim, '1-aside'), join(victim, '1')));
    attempt(() => mkdirSync(join(victim, `sub-${round % 3}`)));
  }
}
