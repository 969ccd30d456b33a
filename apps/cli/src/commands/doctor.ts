// `doctor`: looks at the whole installation, and says what to mend.
import type { Command } from 'commander';
import { askRegd } from '../doctor/ask-regd.ts';
import { isBroken } from '../doctor/finding.ts';
import { findingsOf } from '../doctor/findings.ts';
import { lookAtState } from '../doctor/look-at-state.ts';
import { exitCode } from '../exit-code.ts';
import { whileWaiting } from '../output/step-display.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';
import { findingsTable } from '../view/doctor.ts';
import { examples, type Bind } from './bind.ts';

export function addDoctor(program: Command, bind: Bind): void {
  program
    .command('doctor')
    .description('look at journal, daemons, file systems and clocks, and say what to mend')
    .addHelpText(
      'after',
      `${examples('doctor', '--json doctor')}

Exit codes: 0 nothing is broken, 1 something is.`,
    )
    .action(bind(doctor));
}

async function doctor(session: Session): Promise<void> {
  const { out } = session;
  const [state, regd] = await whileWaiting(out.err, (say) =>
    Promise.all([lookAtState(session), askRegd(session, say)]),
  );
  const findings = findingsOf({ version, regd, state });
  const isSound = !findings.some(isBroken);
  out.result({ isSound, findings }, (paint, columns) =>
    findingsTable(findings, { paint, columns }),
  );
  if (!isSound) session.endWith(exitCode.failed);
}
