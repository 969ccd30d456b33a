// The files of the Debian package, laid out below a folder as they will lie below /.
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { commandLine } from '@permafrost/cli/command-line';
import { completionScript } from '@permafrost/cli/completion';
import { shells, type Shell } from '@permafrost/cli/shells';
import { sourceManPages } from '../../man/pages.ts';
import { nodeFlagsOf } from '../node-flags.ts';
import { stageNpm } from '../npm/npm-package.ts';
import { programs, top, type Program } from '../programs.ts';
import type { Architecture } from './architecture.ts';
import { NodeModules } from './node-modules.ts';
import { fetchPackage, findPackage, manifestOf } from './npm-source.ts';

const LIBRARY = 'usr/lib/permafrost';
const DOCUMENTS = 'usr/share/doc/permafrost';
/** Where each shell looks for what packages bring. */
const COMPLETIONS: Readonly<Record<Shell, string>> = {
  bash: 'usr/share/bash-completion/completions/permafrost',
  zsh: 'usr/share/zsh/vendor-completions/_permafrost',
  fish: 'usr/share/fish/vendor_completions.d/permafrost.fish',
};

export async function layOut(
  root: string,
  architecture: Architecture,
  work: string,
): Promise<void> {
  const place = placer(root);
  const node = await nodeFor(architecture, work);
  place(`${LIBRARY}/bin/node`, readFileSync(join(node, 'bin/node')), 0o755);
  const modules = new NodeModules(join(root, LIBRARY), architecture, work);
  for (const program of programs) {
    await modules.add(program.name, await stageNpm(program, work));
    place(`usr/bin/${program.name}`, starter(program), 0o755);
  }
  cpSync(join(top, 'packaging/systemd'), join(root, 'usr/lib/systemd/system'), { recursive: true });
  cpSync(join(top, 'packaging/default'), join(root, 'etc/default'), { recursive: true });
  for (const { file, section, text } of await sourceManPages()) {
    place(`usr/share/man/man${section}/${file}.gz`, compressed(text));
  }
  for (const shell of shells) {
    place(COMPLETIONS[shell], completionScript(commandLine(), shell));
  }
  cpSync(join(top, 'packaging/prometheus'), join(root, DOCUMENTS, 'prometheus'), {
    recursive: true,
  });
  place(`${DOCUMENTS}/copyright`, copyright(node));
  for (const file of ['README.md', 'CHANGELOG.md', 'ARCHITECTURE.md', 'docs']) {
    cpSync(join(top, file), join(root, DOCUMENTS, file), { recursive: true });
  }
}

type Place = (path: string, content: string | Uint8Array, mode?: number) => void;

function placer(root: string): Place {
  return (path, content, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    chmodSync(join(root, path), mode);
  };
}

/** As `gzip -9n` does it: no name and no time, so that the same makes the same. */
function compressed(content: string | Uint8Array): Uint8Array {
  return gzipSync(content, { level: 9 });
}

/** The folder of the Node that the checkout runs on, made for another machine perhaps. */
async function nodeFor({ node: cpu }: Architecture, work: string): Promise<string> {
  const bringer = findPackage('node', top);
  if (!bringer) throw new Error('node is not installed: npm ci');
  const name = `node-linux-${cpu}`;
  return findPackage(name, bringer) ?? fetchPackage(name, manifestOf(bringer).version, work);
}

/** It replaces itself, so that systemd and the shell see one process. */
function starter({ name, folder }: Program): string {
  const library = `/${LIBRARY}`;
  const script = `bin/${name}.js`;
  const node = [`${library}/bin/node`, ...nodeFlagsOf(join(top, folder, script))].join(' ');
  return `#!/bin/sh\nexec ${node} ${library}/node_modules/${name}/${script} "$@"\n`;
}

function copyright(node: string): string {
  return `Permafrost comes under this license:

${readFileSync(join(top, 'LICENSE'), 'utf8')}
The packages in /${LIBRARY}/node_modules bring licenses of their own, each in its folder.
Node.js, /${LIBRARY}/bin/node, comes under this one:

${readFileSync(join(node, 'LICENSE'), 'utf8')}`;
}
