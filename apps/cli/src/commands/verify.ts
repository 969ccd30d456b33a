import type { Command } from 'commander';
import { operator } from '@permafrost/proto';
import { exitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { count } from '../view/quantities.ts';
import { examples, type Bind } from './bind.ts';

export function addVerify(program: Command, bind: Bind): void {
  program
    .command('verify')
    .description('read the whole journal and tell what is wrong with it')
    .addHelpText('after', examples('verify', '--json verify'))
    .action(bind(verify));
}

async function verify({ regd, out, signal }: Session): Promise<void> {
  let findings = 0;
  for await (const { item } of regd.watch(operator.OperatorService.verify, {}, signal)) {
    switch (item?.$case) {
      case 'finding': {
        findings += 1;
        const { severity, code, history, event, message } = item.value;
        const place = [history, event].filter((id) => id !== '').join(' ');
        out.result(item.value, (paint) => {
          const colour = severity === 'error' ? paint.red : paint.yellow;
          const head = `${colour(severity)} ${code}: ${message}`;
          return place === '' ? head : `${head}\n  ${paint.dim(place)}`;
        });
        break;
      }
      case 'summary': {
        const { histories, events } = item.value;
        out.result(
          item.value,
          () => `read ${count(events)} events of ${count(histories)} histories`,
        );
        if (findings === 0) return;
        throw new Failure(`the journal has ${findings === 1 ? 'a flaw' : `${findings} flaws`}`, {
          exitCode: exitCode.failed,
          code: 'JOURNAL_HAS_FLAWS',
          hints: ['Keep a copy of the journal before anything else, and look the codes up.'],
          facts: { findings },
        });
      }
      case undefined:
        // A newer regd may tell more than this program knows.
        break;
    }
  }
  throw regd.leftEarly();
}
