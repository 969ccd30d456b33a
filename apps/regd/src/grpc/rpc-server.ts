// The gRPC server: services on any number of listeners, and an end that leaves nobody waiting.
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Log } from '@permafrost/workflow-core';
import type { Guard } from '../access/guard.ts';
import type { Trust } from '../access/trust.ts';
import type { ListenAddress } from './listen-address.ts';
import { Listener } from './listener.ts';
import { callLimits, OpenCalls, type CallLimits } from './open-calls.ts';
import { shutdownError } from './rpc-error.ts';
import type { MakeService } from './service.ts';

const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
/** More than may last, so that a connection full of those still has room for the others. */
const CALLS_PER_CONNECTION_MAX = 1_000;
const KEEPALIVE_MS = 40_000;
const DRAIN_MS = 5_000;

export interface RpcServerOptions {
  services: readonly MakeService[];
  guard: Guard;
  /** See {@link ListenerOptions}. */
  tls?: Trust;
  log: Log;
  limits?: CallLimits | undefined;
  /** See {@link ListenerOptions}. */
  lookMs?: number;
}

export class RpcServer {
  readonly #server: Server;
  readonly #calls: OpenCalls;
  readonly #listeners: Listener[] = [];
  readonly #options: RpcServerOptions;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.#calls = new OpenCalls(options.limits ?? callLimits());
    this.#server = new Server({
      'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
      'grpc.max_concurrent_streams': CALLS_PER_CONNECTION_MAX,
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_MS,
    });
    const { guard, log } = options;
    for (const make of options.services) {
      const { definition, implementation } = make({ calls: this.#calls, guard, log });
      this.#server.addService(definition, implementation);
    }
  }

  get callsOpen(): number {
    return this.#calls.count;
  }

  /** Takes connections on the addresses, all or none. Resolves to how clients reach them. */
  async listen(addresses: readonly ListenAddress[]): Promise<readonly string[]> {
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const { log, lookMs, tls } = this.#options;
    try {
      for (const address of addresses) {
        const listener = await Listener.open({
          address,
          onConnection: (socket) => injector.injectConnection(socket),
          log,
          ...(lookMs !== undefined && { lookMs }),
          ...(tls && { tls }),
        });
        this.#listeners.push(listener);
      }
    } catch (error) {
      this.#close();
      throw error;
    }
    return this.#listeners.map(({ target }) => target);
  }

  /** Ends waiting calls and streams with `shutdown`; lets the others finish, for a while. */
  async stop(): Promise<void> {
    this.#close();
    this.#calls.abortAll(shutdownError());
    await new Promise<void>((resolve) => {
      const tooLong = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, DRAIN_MS);
      this.#server.tryShutdown(() => {
        clearTimeout(tooLong);
        resolve();
      });
    });
  }

  #close(): void {
    for (const listener of this.#listeners) listener.close();
  }
}
