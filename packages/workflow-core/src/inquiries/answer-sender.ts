// Sends the items of one answer. While a part is being written, what comes meanwhile is gathered for
// the next: so an answer of many small items takes few writes, and the first item waits for nothing.
import { encodeAnswer, type Answer, type Inquiries, type Uuid } from '@permafrost/events';
import type { Clock } from '../ports/time.ts';

/** So much waits for the part that is being written. */
const GATHERED_BYTES_MAX = 64 * 1024;
/** So many parts wait for who has asked. */
const UNREAD_MAX = 8;
/** How often is looked whether some of them were read. */
const LOOK_MS = 50;
/** Whoever has not read anything for so long does not wait for the rest. */
const PATIENCE_MS = 10 * 60_000;

export class AnswerSender {
  readonly #inquiries: Inquiries;
  readonly #clock: Clock;
  readonly #id: Uuid;
  readonly #signal: AbortSignal;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #sequence = 0;
  #sending: Promise<void> | undefined;
  #isUnwanted = false;

  /** No longer waits for who has asked once the signal is aborted. */
  constructor(
    { inquiries, clock }: Readonly<{ inquiries: Inquiries; clock: Clock }>,
    { id, signal }: Readonly<{ id: Uuid; signal: AbortSignal }>,
  ) {
    this.#inquiries = inquiries;
    this.#clock = clock;
    this.#id = id;
    this.#signal = signal;
  }

  /** True once nobody waits for the answer any more; what is sent then is dropped. */
  get isUnwanted(): boolean {
    return this.#isUnwanted;
  }

  /** Waits only while much is on its way. Throws what the journal throws. */
  async send(item: Uint8Array): Promise<void> {
    this.#gathered.push(item);
    this.#gatheredBytes += item.length;
    this.#sending ??= this.#sendGathered();
    if (this.#gatheredBytes >= GATHERED_BYTES_MAX) await this.#sending;
  }

  /** Sends the rest, and that it is the last. */
  async end(failure?: Answer['failure']): Promise<void> {
    await this.#sending;
    const last = { items: [], ...(failure && { failure }) };
    if (!this.#isUnwanted) await this.#write(last, true);
  }

  /** Notes whether anybody still waits. */
  async look(): Promise<void> {
    this.#isUnwanted ||= (await this.#inquiries.unread(this.#id)) === undefined;
  }

  #sendGathered(): Promise<void> {
    const sending = this.#writeGathered();
    // A fault stays, for whoever waits next: after a part that is lost, none may follow.
    sending.catch(() => undefined);
    return sending;
  }

  async #writeGathered(): Promise<void> {
    while (this.#gathered.length > 0 && !this.#isUnwanted) {
      const items = this.#gathered;
      this.#gathered = [];
      this.#gatheredBytes = 0;
      const unread = await this.#write({ items }, false);
      if (unread >= UNREAD_MAX) await this.#untilRead(unread);
    }
    // In one step with the look above: whatever is gathered from here on finds nobody who sends it.
    this.#sending = undefined;
  }

  async #write(answer: Answer, isLast: boolean): Promise<number> {
    const part = { sequence: ++this.#sequence, body: encodeAnswer(answer), isLast };
    const unread = await this.#inquiries.answer(this.#id, part);
    this.#isUnwanted ||= unread === undefined;
    return unread ?? 0;
  }

  async #untilRead(unread: number): Promise<void> {
    const sinceMs = this.#clock.nowMs();
    let left: number | undefined = unread;
    while (left !== undefined && left >= UNREAD_MAX && !this.#signal.aborted) {
      if (this.#clock.nowMs() - sinceMs > PATIENCE_MS) await this.#inquiries.drop(this.#id);
      await this.#clock.sleep(LOOK_MS, this.#signal);
      left = await this.#inquiries.unread(this.#id);
    }
    this.#isUnwanted ||= left === undefined;
  }
}
