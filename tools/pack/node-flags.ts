import { readFileSync } from 'node:fs';

/** The flags of Node that a start script asks for in its first line, as `#!/usr/bin/env -S node FLAGS`. */
export function nodeFlagsOf(script: string): readonly string[] {
  const [first = ''] = readFileSync(script, 'utf8').split('\n', 1);
  return first.split(' ').filter((word) => word.startsWith('--'));
}
