// Processes of a benchmark: forked, asked by message, and gone at the end.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a program of this folder, and resolves once it has said that it is ready. */
export async function started(program: string, ...args: readonly string[]): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), args);
  await messageOf(child);
  return child;
}

/** Sends a question and resolves to the answer, which is a number. */
export async function answerOf(child: ChildProcess, question: string | number): Promise<number> {
  child.send(question);
  return Number(await messageOf(child));
}

/** The programs end by themselves when nobody talks to them any more. */
export async function ended(children: readonly ChildProcess[]): Promise<void> {
  const ends = children.map((child) => once(child, 'exit'));
  for (const child of children) child.disconnect();
  await Promise.all(ends);
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const onExit = (): void => {
    reject(new Error(`${child.spawnargs.join(' ')} ended early`));
  };
  child.once('message', resolve).once('exit', onExit);
  try {
    return await promise;
  } finally {
    child.off('message', resolve).off('exit', onExit);
  }
}
