// Whether what lies in the roots of the registries can be frozen.
import type { examination, operator } from '@permafrost/proto';
import { broken, findingsAbout, ok, type Finding, type Verdict } from './finding.ts';

export function rootFindings(
  { globalRoot, host, hostRoot }: operator.RegistryRoot,
  hosts: readonly operator.ExaminedHost[],
): readonly Finding[] {
  const outcome = hosts.find((it) => it.host === host)?.outcome;
  const directories = outcome?.$case === 'examination' ? outcome.value.directories : [];
  const found = directories.find(({ path }) => path === hostRoot);
  return findingsAbout(`root ${globalRoot}`, {
    served: found ? directoryVerdict(found) : unserved(host),
  });
}

function unserved(host: string): Verdict {
  return broken(`no stad of host ${host} serves it`, `See what is said of stad ${host}.`);
}

export function directoryVerdict({
  path,
  fileSystem,
  trouble,
}: examination.ExaminedDirectory): Verdict {
  if (!trouble) return ok(`${path}, on ${fileSystem}, which keeps the attribute`);
  return broken(trouble.message, remedies[trouble.code] ?? 'Look at the log of stad.');
}

const remedies: Readonly<Record<string, string>> = {
  FILES_MISSING: 'Mount it, or create it.',
  FILES_NO_ATTRIBUTES: 'Move the data to a file system that does, such as ext4, XFS or Btrfs.',
  FILES_NO_PRIVILEGE: 'Give stad what Privileges in docs/operations.md lists.',
  FILES_OUTSIDE_ROOTS: 'Start stad with a --root for it.',
  FILES_READ_ONLY: 'Mount it writable.',
};
