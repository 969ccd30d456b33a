// Names of files and texts of errors are chosen by others, who may put commands to the terminal into
// them. Everything for people passes through here; JSON escapes such characters by itself.

// Colours, a line feed, and all that is no control character may pass.
const FORBIDDEN = /\u001b(?!\[\d{1,2}m)|[\u0000-\u0009\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;

/** The text with every control character that could do more than colour written as `\xNN`. */
export function printable(text: string): string {
  return text.replace(
    FORBIDDEN,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
