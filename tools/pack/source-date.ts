import { execa } from 'execa';
import { top } from './programs.ts';

/** In seconds: that of the commit, so that the same one makes the same packages. */
export async function sourceDate(): Promise<string> {
  const { SOURCE_DATE_EPOCH: given } = process.env;
  return given ?? (await execa('git', ['log', '-1', '--format=%ct'], { cwd: top })).stdout;
}
