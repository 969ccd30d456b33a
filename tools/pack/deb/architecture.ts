// The machines that a Debian package is made for, by the names that Debian and Node give them.

export type Architecture = Readonly<{ debian: string; node: string }>;

const architectures: readonly Architecture[] = [
  { debian: 'amd64', node: 'x64' },
  { debian: 'arm64', node: 'arm64' },
];

/** By Debian's name; without one, this machine. Throws for any other. */
export function architecture(debian?: string): Architecture {
  const found = architectures.find((known) =>
    debian === undefined ? known.node === process.arch : known.debian === debian,
  );
  if (found) return found;
  const names = architectures.map((known) => known.debian).join(', ');
  throw new Error(`no package for ${debian ?? process.arch}: one of ${names}`);
}
