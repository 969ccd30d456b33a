// The vocabulary of rights: what a token's short codes stand for, and what a call can ask for.

/**
 * Every code that the claim `sc.aa` may hold, and the action, or glob of actions, that it means.
 * All but `fbg` are those of the Go system (spec: wire format, action codes), also for what this
 * system does not do: a token with a code that is not listed is refused as a whole.
 */
export const actionOfCode = {
  '*': '*',
  'b*': 'bc/*',
  'f*': 'fso/*',
  'x*': 'uxd/*',
  a: 'api',
  br: 'bc/read',
  bw: 'bc/write',
  fag: 'fso/admin-registry',
  far: 'fso/admin-repo',
  fat: 'fso/admin-root',
  fbg: 'fso/break-glass',
  fcd: 'fso/exec-du',
  fcpr: 'fso/exec-ping-registry',
  fcr: 'fso/confirm-repo',
  fcsr: 'fso/exec-split-root',
  fdt: 'fso/delete-root',
  fed: 'fso/enable-discovery-path',
  ffr: 'fso/refresh-repo',
  fia: 'fso/init-repo-tartt',
  fib: 'fso/init-repo-shadow-backup',
  fig: 'fso/init-registry',
  fir: 'fso/init-repo',
  fit: 'fso/init-root',
  fn: 'fso/find',
  frg: 'fso/read-registry',
  frm: 'fso/read-main',
  frr: 'fso/read-repo',
  frt: 'fso/read-root',
  fs: 'fso/session',
  fts: 'fso/issue-sys-token',
  ftta: 'fso/test-udo-as',
  fttu: 'fso/test-udo',
  ftu: 'fso/issue-user-token',
  fuvr: 'fso/unarchive-repo',
  fuzr: 'fso/unfreeze-repo',
  fvr: 'fso/archive-repo',
  fwr: 'fso/write-repo',
  fxfr: 'fso/exec-freeze-repo',
  fxrf: 'fso/exec-repo-freeze',
  fxufr: 'fso/exec-unfreeze-repo',
  fxuvr: 'fso/exec-unarchive-repo',
  fxvr: 'fso/exec-archive-repo',
  fzr: 'fso/freeze-repo',
  xid: 'uxd/init-unix-domain',
  xrd: 'uxd/read-unix-domain',
  xwd: 'uxd/write-unix-domain',
} as const;

/** What stands in a token. */
export type ActionCode = keyof typeof actionOfCode;

/** What a code means: one action, or all that begin alike. */
export type ActionGlob = (typeof actionOfCode)[ActionCode];

/** One thing that a call can ask to do. */
export type Action = Exclude<ActionGlob, `${string}*`>;

/** Whether a text is a known code. Inherited names such as `constructor` are none. */
export function isActionCode(text: string): text is ActionCode {
  return Object.hasOwn(actionOfCode, text);
}
