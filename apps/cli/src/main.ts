// `permafrost`, for people: command line in, exit code out.
import { exitCode } from './exit-code.ts';
import { permafrost } from './program.ts';

// Whoever reads no further (`| head`) wants no more, and no complaint either.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`permafrost: cannot write what it has to tell: ${error.message}\n`);
  process.exit(exitCode.failed);
});
// Words that nobody reads any more keep nothing from its end.
process.stderr.on('error', () => undefined);

process.exitCode = await permafrost(process.argv.slice(2));
