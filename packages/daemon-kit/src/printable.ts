// Names of files and texts of errors are chosen by others, who may put commands to the terminal into them.

// Control and format characters and line separators could forge lines or hide parts of a message.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text as one line without control characters, which come out as `\n` or `\u{N}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return character === '\n' ? '\\n' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
