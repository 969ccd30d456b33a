// What is in the parts of an answer. The one place that sees their protobuf messages.
import { inquiries } from '@permafrost/proto/events';

/** Why an answer ends early, as the one who answers tells it. */
export type AnswerFailure = Readonly<{
  /** Stable, for programs. */
  code: string;
  /** One line, for people. */
  message: string;
  /** `later`: the cause may pass by itself, as with a `Fault`. */
  retry: 'later' | 'never';
}>;

export type Answer = Readonly<{
  /** What they are depends on the question. */
  items: readonly Uint8Array[];
  /** After it nothing comes. */
  failure?: AnswerFailure;
}>;

export function encodeAnswer({ items, failure }: Answer): Uint8Array {
  const message = { items: [...items], failure: failure && toMessage(failure) };
  return inquiries.InquiryAnswer.encode(message).finish();
}

/** Throws an error of the protobuf library when the bytes are no answer. */
export function decodeAnswer(body: Uint8Array): Answer {
  const { items, failure } = inquiries.InquiryAnswer.decode(body);
  return failure ? { items, failure: fromMessage(failure) } : { items };
}

function toMessage({ code, message, retry }: AnswerFailure): inquiries.InquiryFailure {
  return { code, message, mayPass: retry === 'later' };
}

function fromMessage({ code, message, mayPass }: inquiries.InquiryFailure): AnswerFailure {
  return { code, message, retry: mayPass ? 'later' : 'never' };
}
