// Makes JavaScript of a program: its own modules and those of the workspace packages become a few
// files in one folder. What comes from npm stays outside, to be installed.
import { isBuiltin } from 'node:module';
import { rolldown, type OutputChunk } from 'rolldown';
import { besides } from './besides.ts';
import { versionOnly } from './version-only.ts';

const ENTRY = 'main.js';

export type Bundle = Readonly<{
  /** Specifiers of what is imported from npm, sorted. */
  imports: readonly string[];
  /** All of the code, to look for names in. */
  code: string;
}>;

/** Writes `main.js`, and what it needs beside it, to the folder `out`. */
export async function bundle(main: string, out: string): Promise<Bundle> {
  const build = await rolldown({
    input: { main },
    platform: 'node',
    external: isFromOutside,
    plugins: [besides, versionOnly],
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await build.write({
    dir: out,
    format: 'esm',
    entryFileNames: ENTRY,
    chunkFileNames: '[name].js',
  });
  const chunks = output.filter((file) => file.type === 'chunk');
  chunks.forEach(refuseDeadlock);
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const imports = chunks
    .flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])
    .filter((name) => !own.has(name) && !isBuiltin(name));
  return {
    imports: [...new Set(imports)].sort(),
    code: chunks.map(({ code }) => code).join('\n'),
  };
}

/**
 * A program waits, at the top of its entry, for what it loads as it runs. That must not wait for the entry
 * in turn, which it does if it imports a module that was put there.
 */
function refuseDeadlock({ fileName, imports }: Pick<OutputChunk, 'fileName' | 'imports'>): void {
  if (!imports.includes(ENTRY)) return;
  throw new Error(`${fileName} imports ${ENTRY}, which waits for it: let them share no module`);
}

function isFromOutside(id: string): boolean {
  return !/^(\.|\/|@permafrost\/)/.test(id);
}
