import type { English } from '../language.svelte.ts';
import type chinese from '../zh-CN/landing.ts';

export default {
  title: 'Level certification of long-term carers',
  candidate: 'I am a candidate',
  candidate_what: 'Enter your ticket number and take the theory exam',
  verify: 'Check a certificate or result',
  verify_what: 'See whether a result is genuine, or draw a batch’s papers again, even without a network',
  staff: 'Staff',
  examiner: 'Examiner',
  examiner_what: 'Score the practical exam',
  invigilator: 'Invigilator',
  invigilator_what: 'Rooms, seats, opening',
  organization: 'Evaluation organization',
  organization_what: 'Batches, draw, results, certificates; lead examiners, custodians and supervisors too',
  complaint: 'Complaints and questions: {contact}',
} satisfies English<typeof chinese>;
