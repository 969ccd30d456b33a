// Who is at the other end of a Unix socket. Only the kernel knows, and Node does not ask it.
import type { Socket } from 'node:net';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** A process id, a user id and a group id. */
const UCRED_BYTES = 12;

type GetSockOpt = (
  fd: number,
  level: number,
  option: number,
  value: Uint32Array,
  length: Uint32Array,
) => number;

let loading: Promise<GetSockOpt | undefined> | undefined;

/** Makes {@link peerUid} able to answer. Without the system call, it never does. */
export async function loadPeerCredentials(): Promise<(socket: Socket) => number | undefined> {
  loading ??= load();
  const getsockopt = await loading;
  return (socket) => (getsockopt ? peerUid(getsockopt, socket) : undefined);
}

async function load(): Promise<GetSockOpt | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { default: koffi } = await import('koffi');
  return koffi
    .load(null)
    .func('int getsockopt(int, int, int, _Out_ uint32_t *, _Inout_ uint32_t *)') as GetSockOpt;
}

function peerUid(getsockopt: GetSockOpt, socket: Socket): number | undefined {
  // Node keeps the descriptor of a socket in its handle, and has no other name for it.
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } | null };
  if (handle?.fd === undefined || handle.fd < 0) return undefined;
  const credentials = new Uint32Array(UCRED_BYTES / 4);
  const failed = getsockopt(
    handle.fd,
    SOL_SOCKET,
    SO_PEERCRED,
    credentials,
    Uint32Array.of(UCRED_BYTES),
  );
  return failed === 0 ? credentials[1] : undefined;
}
