import { expect, it } from 'vitest';
import { actionOfCode, isActionCode } from './action.ts';

it.each([
  ['fig', 'fso/init-registry'],
  ['frm', 'fso/read-main'],
  ['fit', 'fso/init-root'],
  ['frt', 'fso/read-root'],
  ['frr', 'fso/read-repo'],
  ['fcr', 'fso/confirm-repo'],
  ['fzr', 'fso/freeze-repo'],
  ['fxfr', 'fso/exec-freeze-repo'],
  ['fcpr', 'fso/exec-ping-registry'],
  ['bw', 'bc/write'],
  ['f*', 'fso/*'],
  ['x*', 'uxd/*'],
  ['frg', 'fso/read-registry'],
  ['fag', 'fso/admin-registry'],
  ['fdt', 'fso/delete-root'],
  ['fir', 'fso/init-repo'],
  ['ffr', 'fso/refresh-repo'],
  ['fs', 'fso/session'],
  ['fuzr', 'fso/unfreeze-repo'],
  ['fxufr', 'fso/exec-unfreeze-repo'],
  ['br', 'bc/read'],
  ['*', '*'],
  ['b*', 'bc/*'],
  ['fbg', 'fso/break-glass'],
])('%s is %s', (code, action) => {
  expect(isActionCode(code) && actionOfCode[code]).toBe(action);
});

it.each([
  ...['a', 'far', 'fat', 'fcd', 'fcsr', 'fed', 'fia', 'fib', 'fn', 'fts', 'ftu', 'ftta', 'fttu'],
  ...['fuvr', 'fvr', 'fwr', 'fxrf', 'fxuvr', 'fxvr', 'xid', 'xrd', 'xwd'],
])('%s of the Go system is known too', (code) => {
  expect(isActionCode(code)).toBe(true);
});

it.each(['fs*', 'fz*', 'F*', '', '**', 'fso/*', 'fso/freeze-repo', 'constructor', '__proto__'])(
  '%s is no code',
  (text) => {
    expect(isActionCode(text)).toBe(false);
  },
);

it('no two codes mean the same', () => {
  const actions = Object.values(actionOfCode);
  expect(new Set(actions).size).toBe(actions.length);
});
