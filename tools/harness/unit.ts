// A systemd unit where there is no systemd: what it says of its process, as a command of setpriv.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Settings = ReadonlyMap<string, string>;

/** The command that a unit starts, with its user and its capabilities, below the root of a machine. */
export function commandOf(unitFile: string, root: string): readonly string[] {
  const settings = settingsIn(readFileSync(join(root, unitFile), 'utf8'));
  const capabilities = capabilitiesOf(settings, 'AmbientCapabilities');
  const bounding = capabilitiesOf(settings, 'CapabilityBoundingSet');
  return [
    ...['setpriv', '--reuid', setting(settings, 'User'), '--regid', setting(settings, 'Group')],
    ...['--clear-groups', '--reset-env', '--no-new-privs'],
    ...['--bounding-set', ['-all', ...bounding].join(',')],
    ...['--inh-caps', ['-all', ...capabilities].join(',')],
    ...['--ambient-caps', ['-all', ...capabilities].join(',')],
    ...setting(settings, 'ExecStart')
      .replace('$FLAGS', flagsIn(join(root, setting(settings, 'EnvironmentFile'))))
      .split(' ')
      .filter((word) => word !== ''),
  ];
}

function flagsIn(file: string): string {
  return setting(settingsIn(readFileSync(file, 'utf8')), 'FLAGS').replaceAll('"', '');
}

/** The last line of each name counts. */
function settingsIn(text: string): Settings {
  const lines = [...text.matchAll(/^(\w+)=(.*)$/gm)];
  return new Map(lines.map(([, name = '', value = '']) => [name, value]));
}

function setting(settings: Settings, name: string): string {
  const value = settings.get(name);
  if (!value) throw new Error(`the unit says nothing of ${name}`);
  return value;
}

/** As setpriv names them; none if the unit says nothing of them. */
function capabilitiesOf(settings: Settings, name: string): readonly string[] {
  const names = (settings.get(name) ?? '').split(' ').filter((part) => part !== '');
  return names.map((part) => `+${part.replace('CAP_', '').toLowerCase()}`);
}
