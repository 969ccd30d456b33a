// TLS for gRPC, in both directions: a client without a certificate of the right authority does not
// come as far as a call. What is left of it is a line in the log.
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { invariant } from '@permafrost/events';
import type { Log } from '@permafrost/workflow-core';
import type { Trust } from '../access/trust.ts';

/** Whoever connects and says nothing is not waited for. */
const HANDSHAKE_MS_MAX = 10_000;

export interface TlsServerOptions {
  trust: Trust;
  onConnection: (socket: TLSSocket) => void;
  log: Log;
}

/** A server for the certificates that the trust has read; not listening yet. */
export function tlsServer({ trust, onConnection, log }: TlsServerOptions): Server {
  const { secureContext } = trust;
  invariant(secureContext !== undefined, 'there are certificates for TLS');
  const server = createServer({
    ...secureContext,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2'],
    handshakeTimeout: HANDSHAKE_MS_MAX,
  });
  server.on('secureConnection', onConnection);
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // Set before the socket is destroyed for it, and not the Error that its type says.
    const { authorizationError } = socket as { authorizationError?: unknown };
    const reason = authorizationError ?? error.code ?? error.message;
    log.warn({ peer: socket.remoteAddress ?? null, reason }, 'TLS refused');
  });
  const forget = trust.onReload(() => {
    if (trust.secureContext) server.setSecureContext(trust.secureContext);
  });
  server.once('close', forget);
  return server;
}
