// The authority of a small site: what it issues, and on which terms. Its directory is elsewhere.
import { X509Certificate } from 'node:crypto';
import type { Clock } from '@permafrost/workflow-core';
import { AuthorityError, malformedRequest } from './authority-error.ts';
import { scopeClaimOf, type Grant } from './grant.ts';
import { checkDnsName, checkHost } from './host-name.ts';
import { issueCertificate, type KeyedCertificate, type Validity } from './issue-certificate.ts';
import { issueToken } from './issue-token.ts';

/** A certificate for one program, or for the programs of one person. */
export type CertificateOrder = Readonly<{
  /** Names the file, and is the common name: letters, digits, `.`, `_`, `-`. */
  name: string;
  /** DNS names and IP addresses; for a server at least one. */
  hosts: readonly string[];
  lifetimeMs: number;
}>;

export type TokenOrder = Readonly<{
  /** Who is to be named in the audit trail. */
  subject: string;
  grants: readonly Grant[];
  lifetimeMs: number;
  /** DNS names of the client certificates that the token is bound to; empty binds it to none. */
  hosts: readonly string[];
}>;

/** Each order that cannot be carried out is rejected with an AuthorityError, or a GrantError. */
export interface Authority {
  /** The certificate to trust, for TLS and for tokens. */
  readonly caPem: string;
  /** Writes certificate and key to one file, and resolves to its path. An older one is replaced. */
  issueServer(order: CertificateOrder): Promise<string>;
  /** Like issueServer, for the other end. */
  issueClient(order: CertificateOrder): Promise<string>;
  /** Resolves to the token; nothing is written. */
  issueToken(order: TokenOrder): Promise<string>;
}

/** What an authority has of its own. */
export type AuthorityKeys = Readonly<{ ca: KeyedCertificate; tokenSigner: KeyedCertificate }>;

export type AuthorityWorld = Readonly<{
  clock: Pick<Clock, 'nowMs'>;
  /** Keeps a certificate with its key under its name, and resolves to the path. */
  keep: (name: string, issued: KeyedCertificate) => Promise<string>;
}>;

/** Clocks differ. What is issued begins a little earlier, so that others can use it at once. */
export const SLACK_MS = 300_000;

const LIFETIME_MS_MIN = 1000;

export function authorityOf(
  { ca, tokenSigner }: AuthorityKeys,
  { clock, keep }: AuthorityWorld,
): Authority {
  const endMs = new X509Certificate(ca.certificate).validToDate.getTime();
  const validity = (lifetimeMs: number): Validity => validityWithin(endMs, clock, lifetimeMs);

  const issue = async (purpose: 'server' | 'client', order: CertificateOrder): Promise<string> => {
    const { name, hosts, lifetimeMs } = order;
    checkName(name);
    hosts.forEach(checkHost);
    const issued = await issueCertificate(ca, {
      commonName: name,
      hosts,
      purpose,
      validity: validity(lifetimeMs),
    });
    return keep(name, issued);
  };

  return {
    caPem: ca.certificate,
    issueServer: async (order) => {
      if (order.hosts.length === 0) throw malformedRequest('a server needs the name of its host');
      return issue('server', order);
    },
    issueClient: async (order) => issue('client', order),
    issueToken: async ({ subject, grants, lifetimeMs, hosts }) => {
      if (subject === '') throw malformedRequest('a token needs a subject');
      hosts.forEach(checkDnsName);
      const scopes = grants.map(scopeClaimOf);
      return issueToken(tokenSigner, {
        subject,
        scopes,
        san: hosts,
        validity: validity(lifetimeMs),
      });
    },
  };
}

/** Nothing outlives the authority: it would stop to work on a day that it does not name. */
function validityWithin(endMs: number, clock: Pick<Clock, 'nowMs'>, lifetimeMs: number): Validity {
  // Also for NaN.
  if (!(lifetimeMs >= LIFETIME_MS_MIN)) throw malformedRequest('a lifetime is at least a second');
  const nowMs = clock.nowMs();
  const toMs = nowMs + lifetimeMs;
  if (toMs <= endMs) return { fromMs: nowMs - SLACK_MS, toMs };
  const end = new Date(endMs).toISOString();
  throw new AuthorityError('AUTHORITY_ENDS_EARLIER', `the authority itself ends on ${end}`);
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw malformedRequest(`malformed name: ${name}`);
  }
}
