// A systemd unit where there is no systemd: what it says of its process, as a command of setpriv.
import { readFileSync } from 'node:fs';

type Settings = ReadonlyMap<string, string>;

/** The command that the unit of a service starts, with its user and its capabilities. */
export function commandOf(unitFile: string): readonly string[] {
  const settings = settingsIn(readFileSync(unitFile, 'utf8'));
  const capabilities = capabilitiesOf(settings, 'AmbientCapabilities');
  const bounding = capabilitiesOf(settings, 'CapabilityBoundingSet');
  return [
    ...['setpriv', '--reuid', setting(settings, 'User'), '--regid', setting(settings, 'Group')],
    ...[
      '--clear-groups',
      '--reset-env',
      '--no-new-privs',
      '--bounding-set',
      ['-all', ...bounding].join(','),
    ],
    ...['--inh-caps', ['-all', ...capabilities].join(',')],
    ...['--ambient-caps', ['-all', ...capabilities].join(',')],
    ...setting(settings, 'ExecStart').split(' '),
  ];
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
