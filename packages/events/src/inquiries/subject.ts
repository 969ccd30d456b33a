// What may be asked: one subject for each kind of inquiry, known to who asks and to who answers.
import type { MessageType } from '../streams/message-codec.ts';

/** A kind of question, and how it and the items of its answer become bytes. */
export type Subject<Question, Item> = Readonly<{
  /** Names it in the journal's database; never reused for another meaning. */
  kind: string;
  question: MessageType<Question>;
  item: MessageType<Item>;
}>;
