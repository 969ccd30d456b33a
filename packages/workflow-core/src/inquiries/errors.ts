// Why a question to a stad was not answered.
import { Fault, type AnswerFailure } from '@permafrost/events';

export type UnansweredCode =
  /** No stad of the host is running. */
  | 'STAD_ABSENT'
  /** The stad that was to answer has gone. */
  | 'STAD_GONE'
  /** No stad of the host has come to the question yet. */
  | 'STAD_BUSY'
  /** The stad that was to answer is there and says nothing. */
  | 'STAD_SILENT';

/** Nobody answers, or nobody any more. Asking again later may help. */
export class UnansweredError extends Fault {
  readonly code: UnansweredCode;
  readonly retry = 'later';

  constructor(code: UnansweredCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a stad itself may say instead of an answer, beside the codes of the work that was asked for. */
export type AnswerFailureCode =
  /** It does not know this kind of question: it is older, or newer, than who asks. */
  | 'INQUIRY_UNKNOWN'
  /** It is about to end. */
  | 'STAD_STOPPING'
  /** A bug, which its log tells of. */
  | 'ANSWER_DEFECTIVE';

/** The stad that was asked could not answer, for the reason that it gave. */
export class AnswerFailedError extends Fault {
  readonly code: string;
  readonly retry: 'later' | 'never';

  constructor({ code, message, retry }: AnswerFailure) {
    super(message);
    this.code = code;
    this.retry = retry;
  }
}
