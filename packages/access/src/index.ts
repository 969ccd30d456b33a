// Who may do what: tokens and what they grant, and the authority of a small site that issues them.
export { createAuthority, openAuthority } from './authority-directory.ts';
export { AuthorityError, type AuthorityErrorCode } from './authority-error.ts';
export type { Authority, CertificateOrder, TokenOrder } from './authority.ts';
export { CaPoolError, dnsNamesOf } from './certificate.ts';
export { codesOfRight, GrantError, parseRights, type Grant, type Right } from './grant.ts';
export * from './rights.ts';
export { writeSecret } from './secret-file.ts';
export * from './token-verifier.ts';
