// Which packages of npm a bundle needs, and of which versions: those that its workspaces declare.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { top } from '../programs.ts';

type Versions = Readonly<Record<string, string>>;

/** Throws if the bundle imports what no workspace of it declares. */
export function dependenciesOf(
  folder: string,
  { imports, code }: Readonly<{ imports: readonly string[]; code: string }>,
): Versions {
  const declared = declaredBy(folder);
  const undeclared = imports.map(packageOf).filter((name) => !(name in declared));
  if (undeclared.length > 0) throw new Error(`${folder} does not declare ${undeclared.join(', ')}`);
  return Object.fromEntries(
    Object.entries(declared)
      .filter(([name]) => isNamed(name, code))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What a workspace and those that it depends on declare. */
function declaredBy(folder: string): Versions {
  const path = join(top, folder, 'package.json');
  const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
    dependencies?: Versions;
  };
  const declared: Record<string, string> = {};
  for (const [name, range] of Object.entries(dependencies)) {
    if (name.startsWith('@permafrost/')) {
      Object.assign(declared, declaredBy(join('node_modules', name)));
    } else {
      declared[name] = range;
    }
  }
  return declared;
}

/** In quotes, imported or not: some packages are loaded by others, by their name. */
function isNamed(name: string, code: string): boolean {
  return ['"', "'", '`'].some(
    (quote) => code.includes(`${quote}${name}${quote}`) || code.includes(`${quote}${name}/`),
  );
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
