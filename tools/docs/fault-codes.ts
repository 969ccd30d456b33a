// The codes of all errors that carry one, gathered from the sources: `readonly code = '…'`, and the
// members of unions whose name ends in `Code`. Errno names, such as ESTALE, are the system's, not ours.
import { globSync, readFileSync } from 'node:fs';

const SOURCES = '{packages,apps}/*/src/**/*.ts';
const CLASS_CODE = /readonly code = '([A-Z_]+)'/g;
const CODE_UNION = /export type \w+Code =([\s\S]*?);/g;
const ERRNO = /^E[A-Z0-9]+$/;
const MEMBER = /'([A-Z][A-Z_]+)'/g;

export function faultCodes(top: string): ReadonlySet<string> {
  const codes = new Set<string>();
  for (const path of globSync(SOURCES, { cwd: top })) {
    if (path.endsWith('.test.ts') || path.includes('/testing/')) continue;
    const source = readFileSync(`${top}/${path}`, 'utf8');
    for (const [, code = ''] of source.matchAll(CLASS_CODE)) codes.add(code);
    for (const [, union = ''] of source.matchAll(CODE_UNION)) {
      for (const [, code = ''] of union.matchAll(MEMBER)) codes.add(code);
    }
  }
  return new Set([...codes].filter((code) => !ERRNO.test(code)));
}
