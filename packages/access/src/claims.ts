// What a token says, read from a payload whose signature has been verified. Rules and texts are
// those of the Go system (wire format, claims); its library's time checks are done before.
import { actionOfCode, isActionCode } from './action.ts';
import { UnauthenticatedError } from './errors.ts';
import type { Scope } from './scope.ts';

/** Who calls, as vouched for by a token. */
export type Identity = Readonly<{
  /** Goes into the audit trail. Never empty. */
  subject: string;
  /** None: the caller is known, and may do nothing. */
  scopes: readonly Scope[];
  /** DNS names of the TLS peers that may use the token; undefined leaves it to any. */
  san: readonly string[] | undefined;
  /** When the token ends, in milliseconds since 1970; undefined if it never does. */
  expiresMs: number | undefined;
}>;

export const ISSUER = 'nogapp';
export const AUDIENCE = 'fso';
export const SAN_PREFIX = 'DNS:';

type Claims = Readonly<Record<string, unknown>>;

/** Reads the claims in the order of the Go system, so that the first fault told is the same. */
export function readClaims(claims: Claims): Identity {
  if (claims['iss'] !== ISSUER) throw wrong('invalid token issuer');
  if (!isTextList(claims['aud']) || !claims['aud'].includes(AUDIENCE)) {
    throw wrong('invalid token audience');
  }
  const subject = claims['sub'];
  if (typeof subject !== 'string' || subject === '') throw wrong('missing token subject');
  checkDomains(claims['xcrd']);
  const expiresMs = readExpiry(claims['exp']);
  return { subject, san: readSan(claims['san']), scopes: readScopes(claims['sc']), expiresMs };
}

/** Identities in other domains. Nothing here uses them, but a token has to be right as a whole. */
function checkDomains(xcrd: unknown): void {
  if (xcrd === undefined) return;
  if (!Array.isArray(xcrd) || !xcrd.every(isDomain)) throw malformed('xcrd');
}

function isDomain(entry: unknown): boolean {
  return (
    isObject(entry) &&
    Object.keys(entry).length === 3 &&
    typeof entry['d'] === 'string' &&
    typeof entry['u'] === 'string' &&
    isTextList(entry['g'])
  );
}

/** What is no number was refused by the time checks. */
function readExpiry(exp: unknown): number | undefined {
  return typeof exp === 'number' ? exp * 1000 : undefined;
}

function readSan(san: unknown): readonly string[] | undefined {
  if (san === undefined) return undefined;
  if (!isTextList(san)) throw malformed('san');
  if (!san.every((entry) => entry.startsWith(SAN_PREFIX))) {
    throw wrong('invalid token claim `san` entry');
  }
  return san.map((entry) => entry.slice(SAN_PREFIX.length));
}

function readScopes(sc: unknown): readonly Scope[] {
  if (sc === undefined) return [];
  if (!Array.isArray(sc)) throw malformed('sc');
  return sc.map(readScope);
}

function readScope(entry: unknown): Scope {
  if (!isObject(entry) || Object.keys(entry).length < 2) throw malformed('sc');
  const { aa, p = [], n = [] } = entry;
  if (!isTextList(aa) || !isTextList(p) || !isTextList(n)) throw malformed('sc');
  const actions = aa.map((code) => {
    if (!isActionCode(code)) throw wrong('unknown `sc.aa` in token claim');
    return actionOfCode[code];
  });
  return { actions, paths: p, names: n };
}

function wrong(text: string): UnauthenticatedError {
  return new UnauthenticatedError('TOKEN_CLAIM_WRONG', text);
}

function malformed(claim: string): UnauthenticatedError {
  return wrong(`malformed token claim \`${claim}\``);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
