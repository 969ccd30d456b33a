// The flags that say whom regd believes.
import { fileOrCredential } from '@permafrost/daemon-kit';
import { InvalidArgumentError, type Command } from 'commander';
import type { TrustFiles } from './access/trust.ts';

export type TrustFlags = Readonly<{
  tlsCert?: string;
  tlsKey?: string;
  tlsClientCa?: string;
  jwtCa?: string;
  jwtOu?: string;
  requireToken?: true;
}>;

export function addTrustFlags(program: Command): Command {
  return program
    .option(
      '--tls-cert <file>',
      'certificate of regd, PEM: all ports speak TLS then',
      fileOrCredential,
    )
    .option('--tls-key <file>', 'its key, if it is not in the same file', fileOrCredential)
    .option(
      '--tls-client-ca <file>',
      'authorities whose certificates clients must have',
      fileOrCredential,
    )
    .option('--jwt-ca <file>', 'authorities whose certificates sign tokens', fileOrCredential)
    .option('--jwt-ou <name>', 'the unit that such a certificate must be of (default: nogfsoiam)')
    .option('--require-token', 'want a token of everybody, also on the socket');
}

/** Undefined if nobody but the socket is to be trusted. Throws if a flag needs another one. */
export function trustFilesOf(flags: TrustFlags): TrustFiles | undefined {
  const { tlsCert: cert, tlsKey: key, tlsClientCa: clientCa, jwtCa, jwtOu } = flags;
  if (cert === undefined && (key ?? clientCa) !== undefined) throw needs('TLS', '--tls-cert');
  if (jwtCa === undefined) {
    if (cert !== undefined) throw needs('TLS', '--jwt-ca');
    if (jwtOu !== undefined) throw needs('--jwt-ou', '--jwt-ca');
    if (flags.requireToken) throw needs('--require-token', '--jwt-ca');
    return undefined;
  }
  const tokens = { jwtCa, ...(jwtOu !== undefined && { jwtOu }) };
  if (cert === undefined) return tokens;
  if (clientCa === undefined) throw needs('TLS', '--tls-client-ca');
  return { ...tokens, tls: { cert, clientCa, ...(key !== undefined && { key }) } };
}

function needs(what: string, flag: string): InvalidArgumentError {
  return new InvalidArgumentError(`${what} needs ${flag}, too`);
}
