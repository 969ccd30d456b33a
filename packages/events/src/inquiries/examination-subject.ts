import { examination } from '@permafrost/proto/events';
import type { Subject } from './subject.ts';

/** How a stad finds itself and its host. */
export const examinationSubject: Subject<examination.ExaminationQuestion, examination.Examination> =
  {
    kind: 'examination',
    question: examination.ExaminationQuestion,
    item: examination.Examination,
  };
