// One address on which connections are taken. A Unix socket whose file somebody removed is made
// again: without its file regd would run and be out of reach.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Log } from '@permafrost/workflow-core';
import type { Trust } from '../access/trust.ts';
import type { ListenAddress } from './listen-address.ts';
import { targetOf } from './listen-address.ts';
import { loadPeerCredentials } from './peer-credentials.ts';
import { nameUnixPeer } from './peer-name.ts';
import { tlsServer } from './tls-server.ts';
import { claimSocketPath, listenPrivately, socketIdentity } from './unix-socket.ts';

export interface ListenerOptions {
  address: ListenAddress;
  onConnection: (socket: Socket) => void;
  /** With it, connections are taken with TLS only. */
  tls?: Trust;
  log: Log;
  /** How often is looked whether the socket's file is still there. The default is 5 s. */
  lookMs?: number;
}

export class Listener {
  readonly #options: ListenerOptions;
  #server: Server;
  #address: ListenAddress;
  #looking: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(options: ListenerOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.#address = options.address;
  }

  /** Throws {@link ListenAddressError}, or what the system says about the address. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const { address } = options;
    const listener = new Listener(options, await bind(options));
    if (address.kind === 'unix') listener.#lookAfter(address.path, socketIdentity(address.path));
    else listener.#address = { ...address, port: (listener.#server.address() as AddressInfo).port };
    return listener;
  }

  /** How clients reach it; port 0 has become the port that the system chose. */
  get target(): string {
    return targetOf(this.#address);
  }

  /** Takes no more connections. Those that there are stay. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#looking);
    this.#server.close();
  }

  /** `own` is the file that shall be there; undefined if it could not be made so far. */
  #lookAfter(path: string, own: string | undefined): void {
    const { lookMs = 5_000 } = this.#options;
    this.#looking = setInterval(() => {
      if (own !== undefined && socketIdentity(path) === own) return;
      clearInterval(this.#looking);
      void this.#bindAgain(path);
    }, lookMs).unref();
  }

  async #bindAgain(path: string): Promise<void> {
    const { log } = this.#options;
    let own: string | undefined;
    try {
      await claimSocketPath(path);
      // Closed before the new file is there: to close a Unix socket removes the file of its name.
      this.#server.close();
      if (this.#isClosed) return;
      this.#server = await bind(this.#options);
      own = socketIdentity(path);
      log.warn({ path }, 'the socket was gone, and is there again');
    } catch (error) {
      log.error({ path, err: error }, 'the socket is gone, and cannot be made again');
    }
    if (this.#isClosed) this.#server.close();
    else this.#lookAfter(path, own);
  }
}

async function bind({ address, onConnection, tls, log }: ListenerOptions): Promise<Server> {
  if (address.kind === 'unix') await claimSocketPath(address.path);
  const uidOf = address.kind === 'unix' ? await loadPeerCredentials() : undefined;
  const take = (socket: Socket): void => {
    // A connection that breaks concerns its calls, which hear of it; never the whole process.
    socket.on('error', () => undefined);
    const uid = uidOf?.(socket);
    if (uid !== undefined) nameUnixPeer(socket, uid);
    onConnection(socket);
  };
  const server = tls ? tlsServer({ trust: tls, onConnection: take, log }) : createServer(take);
  const listening = once(server, 'listening');
  if (address.kind === 'unix') listenPrivately(server, address.path);
  else server.listen({ host: address.host, port: address.port });
  await listening;
  return server;
}
