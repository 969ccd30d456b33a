// The text that a failed workflow ends with. It travels through several messages with limits, so
// the one limit is applied where the text is made (spec/gaps.md 28, 29).

/** What a status message may hold, in UTF-8 bytes; more is refused (spec/behaviour.md 6.3). */
const STATUS_MESSAGE_BYTES_MAX = 150;

const FITTED_BYTES_MAX = 120;
const ELLIPSIS = '...';

const encoder = new TextEncoder();

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/**
 * One line of valid Unicode that fits, cut between characters and then ending in `...`. Never
 * empty: a cause that says nothing becomes `unknown cause`.
 */
export function fitStatusMessage(cause: string): string {
  const line = cause
    .toWellFormed()
    .replace(/[\s\u0000-\u001f\u007f]+/gu, ' ')
    .trim();
  if (line === '') return 'unknown cause';
  if (byteLength(line) <= FITTED_BYTES_MAX) return line;
  let fitted = '';
  let bytes = ELLIPSIS.length;
  for (const char of line) {
    bytes += byteLength(char);
    if (bytes > FITTED_BYTES_MAX) break;
    fitted += char;
  }
  return fitted + ELLIPSIS;
}

/** Whether a failure may be told with this code and text. */
export function isFailure({ code, message }: { code: number; message: string }): boolean {
  return (
    Number.isInteger(code) &&
    code > 0 &&
    message !== '' &&
    message.isWellFormed() &&
    byteLength(message) <= STATUS_MESSAGE_BYTES_MAX
  );
}
