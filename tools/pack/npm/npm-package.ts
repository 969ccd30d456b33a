// One program as an npm package: JavaScript only, which asks for nothing but Node.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { sourceManPages } from '../../man/pages.ts';
import { top, version, type Program } from '../programs.ts';
import { bundle } from './bundle.ts';
import { dependenciesOf } from './dependencies.ts';

/** Lays the package out below `out`; resolves to its folder. */
export async function stageNpm(program: Program, out: string): Promise<string> {
  const stage = join(out, program.name);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, 'bin'), { recursive: true });
  const made = await bundle(join(top, program.folder, 'src/main.ts'), join(stage, 'src'));
  const bin = `bin/${program.name}.js`;
  writeFileSync(join(stage, bin), startOf(join(top, program.folder, bin)));
  const dependencies = dependenciesOf(program.folder, made);
  const man = await stagePages(program, stage);
  const text = JSON.stringify(manifest(program, { bin, dependencies, man }), null, 2);
  writeFileSync(join(stage, 'package.json'), `${text}\n`);
  for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md']) {
    copyFileSync(join(top, file), join(stage, file));
  }
  return stage;
}

/** Builds the package below `out`; resolves to the path of its tarball. */
export async function packNpm(program: Program, out: string): Promise<string> {
  const stage = await stageNpm(program, out);
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', out], {
    cwd: stage,
  });
  return join(out, tarballIn(stdout));
}

/** Where npm finds the man pages, which it puts where man does. */
async function stagePages({ name }: Program, stage: string): Promise<readonly string[]> {
  mkdirSync(join(stage, 'man'));
  const pages = (await sourceManPages()).filter(({ program }) => program === name);
  return pages.map(({ file, text }) => {
    writeFileSync(join(stage, 'man', file), text);
    return `man/${file}`;
  });
}

type Parts = Readonly<{
  bin: string;
  dependencies: Readonly<Record<string, string>>;
  man: readonly string[];
}>;

function manifest({ name, description }: Program, { bin, dependencies, man }: Parts): object {
  return {
    name,
    version,
    description,
    license: 'MIT',
    type: 'module',
    engines: { node: '>=24' },
    bin: { [name]: bin },
    man,
    dependencies,
  };
}

/** The start script of a program, for its bundle. */
function startOf(path: string): string {
  const script = readFileSync(path, 'utf8');
  const started = script.replace("import('../src/main.ts')", "import('../src/main.js')");
  if (started === script) throw new Error(`${path} does not start ../src/main.ts`);
  return started;
}

/** npm prints a list, or since version 12 an object by name. */
function tarballIn(json: string): string {
  const [packed] = Object.values(JSON.parse(json) as Record<string, { filename: string }>);
  if (!packed) throw new Error('npm has packed nothing');
  return packed.filename;
}
