import type { Command } from 'commander';
import { MainService } from '@permafrost/proto';
import { table } from '../output/table.ts';
import type { Session } from '../session.ts';
import { examples, type Bind } from './bind.ts';

export function addRegistries(program: Command, bind: Bind): void {
  program
    .command('registries')
    .description('list the registries')
    .addHelpText('after', examples('registries', '--json registries'))
    .action(bind(registries));
}

async function registries({ regd, out, signal }: Session): Promise<void> {
  const { registries: found } = await regd.ask(MainService.getRegistries, {}, signal);
  out.results(found, (paint, columns) => {
    if (found.length === 0) return 'no registries; create one with: permafrost init registry NAME';
    const rows = found.map(({ name, confirmed }) => [
      name,
      confirmed ? paint.green('ready') : paint.yellow('being set up'),
    ]);
    return table(['REGISTRY', 'STATE'], rows, { paint, columns });
  });
}
