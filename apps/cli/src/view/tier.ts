import { enumName, GetRepoO_StorageTierCode } from '@permafrost/proto';

/**
 * The word for a storage tier, such as `freeze-failed`. `unconfirmed` is a repo that is not set up
 * yet.
 */
export function tierWord(code: GetRepoO_StorageTierCode): string {
  if (code === GetRepoO_StorageTierCode.ST_UNSPECIFIED) return 'unconfirmed';
  const name = enumName(GetRepoO_StorageTierCode, code);
  return name?.replace('ST_', '').toLowerCase().replaceAll('_', '-') ?? `tier-${code}`;
}
