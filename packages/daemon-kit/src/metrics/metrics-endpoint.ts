// Where Prometheus comes for the metrics: `GET /metrics`, and nothing else.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '@permafrost/events';
import type { Log } from '@permafrost/workflow-core';
import { tcpAddressText, type TcpAddress } from '../tcp-address.ts';

export type Scraped = Readonly<{
  registry: Readonly<{ contentType: string }>;
  text: () => Promise<string>;
}>;

/** Nobody can be served at the address, since it is in use or none of this machine. */
export class MetricsAddressError extends Fault {
  readonly code = 'METRICS_ADDRESS_UNUSABLE';
  readonly retry = 'never';
}

export class MetricsEndpoint implements Disposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Throws {@link MetricsAddressError}. */
  static async open(address: TcpAddress, metrics: Scraped, log: Log): Promise<MetricsEndpoint> {
    const server = createServer((request, response) => {
      respond(metrics, request, response).catch((error: unknown) => {
        log.error({ err: error }, 'defect in the metrics');
        response.writeHead(500).end();
      });
    });
    try {
      await once(server.listen(address), 'listening');
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const message = `cannot serve metrics at ${tcpAddressText(address)}: ${cause}`;
      throw new MetricsAddressError(message, { cause: error });
    }
    const endpoint = new MetricsEndpoint(server);
    log.info({ url: endpoint.url }, 'metrics ready');
    return endpoint;
  }

  /** Port 0 has become the port that the system chose. */
  get url(): string {
    const { address: host, port } = this.#server.address() as AddressInfo;
    return `http://${tcpAddressText({ host, port })}/metrics`;
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function respond(
  metrics: Scraped,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (url?.split('?')[0] !== '/metrics') {
    response.writeHead(404).end('metrics are at /metrics\n');
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
  } else {
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
  }
}
