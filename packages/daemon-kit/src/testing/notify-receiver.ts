// systemd's end of the socket, for tests: hears what a daemon tells.
import { closeSync, rmSync } from 'node:fs';
import { datagramSocket, libc, orThrow, unixAddress } from '../systemd/unix-datagram.ts';

const MSG_DONTWAIT = 0x40;
const BYTES_MAX = 4096;

type Bind = (fd: number, address: Buffer, length: number) => number;
type Receive = (fd: number, into: Buffer, length: number, flags: number) => number;

const bind = libc.func('int bind(int, const void *, uint32_t)') as Bind;
const recv = libc.func('intptr_t recv(int, _Out_ uint8_t *, size_t, int)') as Receive;

export class NotifyReceiver implements Disposable {
  /** For `$NOTIFY_SOCKET`. */
  readonly name: string;
  readonly #fd: number = datagramSocket();
  readonly #heard: string[] = [];

  /** Listens at a path where no file is, or at a name that begins with `@`. */
  constructor(name: string) {
    this.name = name;
    const address = unixAddress(name);
    orThrow(bind(this.#fd, address, address.length));
  }

  /** All that was told so far, each message with its lines. */
  heard(): readonly string[] {
    const buffer = Buffer.alloc(BYTES_MAX);
    for (;;) {
      const bytes = recv(this.#fd, buffer, BYTES_MAX, MSG_DONTWAIT);
      if (bytes < 0) return [...this.#heard];
      this.#heard.push(buffer.toString('utf8', 0, bytes));
    }
  }

  /** The first line of each: what has happened, without how it is told to people. */
  facts(): readonly string[] {
    return this.heard().map((message) => message.split('\n', 1)[0] ?? '');
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
    if (this.name.startsWith('/')) rmSync(this.name, { force: true });
  }
}
