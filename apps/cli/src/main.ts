// `permafrost`, for people: command line in, exit code out.
import { permafrost } from './program.ts';

// Whoever reads no further (`| head`) wants no more, and no complaint either.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await permafrost(process.argv.slice(2));
