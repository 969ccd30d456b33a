import type { FreezePolicy } from './events.ts';

/** As requests and stored events say it. */
export type PolicyWords = Readonly<{
  ifBusy?: string | undefined;
  ifLinked?: string | undefined;
}>;

/**
 * Undefined when everything is refused. A word that is not known, as a newer program may have
 * written it, refuses, too: that is always safe.
 */
export function freezePolicy({ ifBusy, ifLinked }: PolicyWords): FreezePolicy | undefined {
  const busy = ifBusy === 'wait' || ifBusy === 'force' ? ifBusy : undefined;
  const linked = ifLinked === 'force' ? ifLinked : undefined;
  if (!busy && !linked) return undefined;
  return { ...(busy && { ifBusy: busy }), ...(linked && { ifLinked: linked }) };
}
