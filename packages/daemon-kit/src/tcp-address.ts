export type TcpAddress = Readonly<{ host: string; port: number }>;

const TCP = /^(?:\[(?<ipv6>[^\]]+)\]|(?<host>[^:[\]]+)):(?<port>\d{1,5})$/;

/** Reads `HOST:PORT` or `[IPV6]:PORT`; undefined if it is none. Looks no name up. */
export function tcpAddressOf(text: string): TcpAddress | undefined {
  const groups = TCP.exec(text)?.groups;
  const port = Number(groups?.['port']);
  if (!groups || port > 65_535) return undefined;
  const named = groups['ipv6'] ?? groups['host'] ?? '';
  // Names are not looked up, so that nobody's resolver decides who can reach a daemon.
  return { host: named === 'localhost' ? '127.0.0.1' : named, port };
}

/** The address as a client writes it. */
export function tcpAddressText({ host, port }: TcpAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
