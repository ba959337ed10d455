// Written by `cargo xtask generate` from the types of src/engine and src/record.

export type AccountId = string;

export type Algorithm = 'ES256' | 'Ed25519' | 'SM2-SM3';

export type Assignment = {
  id: AssignmentId;

  examiner: AccountId;

  stream: Stream;
};

export type AssignmentId = string;

export type AuditDefect =
  | 'header'
  | 'manifest'
  | 'bank'
  | 'blueprint'
  | 'practical'
  | 'roster'
  | 'seed'
  | 'sheet'
  | 'line'
  | 'doubled'
  | 'nobody'
  | 'not_logged'
  | 'left_out'
  | 'other_batch'
  | 'result'
  | 'paper'
  | 'score'
  | 'key_correction'
  | 'item'
  | 'old_key'
  | 'theory'
  | 'journal'
  | 'panels'
  | 'handed_in'
  | 'policy'
  | 'station'
  | 'examiner'
  | 'task_lot'
  | 'panel_lot'
  | 'number_lot'
  | 'sheet_shared'
  | 'panel'
  | 'total'
  | 'outcome';

export type AuditFinding = {
  defect: AuditDefect;

  subject: string;

  detail: string;
};

export type AuditReport = {
  batch: BatchId | null;

  agrees: boolean;

  summary: Text;

  results: number;

  with_journal: number;

  with_signed_sheets: number;

  findings: Array<AuditFinding>;

  found: number;

  not_checked: Array<Text>;
};

export type Award = {
  code: AwardCode;

  label: string;

  half_marks: HalfMarks;
};

export type AwardCode = string;

export type Basis =
  | {
      kind: 'exam';

      results: Array<Digest>;
    }
  | {
      kind: 'contest';

      approved_by: [AccountId, AccountId];

      contest: string;

      evidence: Digest;
    };

export type BatchDefect =
  | 'header'
  | 'line'
  | 'sitting_missing'
  | 'sitting_doubled'
  | 'sitting_unknown'
  | 'sitting_other'
  | 'paper_missing'
  | 'paper_doubled'
  | 'paper_unknown'
  | 'leaf_closed'
  | 'leaf_other'
  | 'record'
  | 'signature'
  | 'required_signature'
  | 'correction_unknown'
  | 'decision'
  | 'roster_doubled'
  | 'evidence_shared'
  | 'paper_other'
  | 'certificate'
  | 'order'
  | 'roster_other'
  | 'seating_other'
  | 'draw_other'
  | 'step_missing'
  | 'step_doubled'
  | 'after_closing'
  | 'closing_counts'
  | 'closing_tree'
  | 'checkpoint'
  | 'witness_signature'
  | 'issuer_other'
  | 'filing'
  | 'key'
  | 'marks';

export type BatchFinding = {
  defect: BatchDefect;

  subject: string;

  zh: string;

  en: string;
};

export type BatchId = string;

export type BatchReport = {
  batch: BatchId | null;

  complete: boolean;

  witnessed: boolean;

  summary: Text;

  candidates: number;

  ends: EndCounts;

  corrections: number;

  leaves: number;

  findings: Array<BatchFinding>;

  found: number;

  withdrawn: Array<Withdrawn>;

  checked: Array<Text>;

  not_checked: Array<Text>;
};

export type BoundaryError = {
  code: string;

  message: Text;

  detail: string;
};

export type Bytes32 = string;

export type CandidateStart = {
  paper: string;

  paper_digest: Digest;

  several: Array<ItemId>;
  sitting: SittingId;

  number: number;

  seed: string;

  before: Array<string>;

  service: Array<string>;

  device: Array<string>;

  reopened_ms: Time | null;

  deadline: Deadline;

  opened_at_ms: Time;
};

export type CandidateTouch =
  | {
      touch: 'answer';

      item: ItemId;

      options: Array<OptionId>;
    }
  | {
      touch: 'flag';

      item: ItemId;

      on: boolean;
    }
  | { touch: 'hand_in' };

export type CandidateView = {
  answers: { [key in ItemId]: Array<OptionId> };
  flagged: Array<ItemId>;

  not_done: Array<ItemId>;
  answered: number;
  items: number;
  handed_in: boolean;
  unconfirmed: number;
  left_ms: number | null;
  notice: Notice;
};

export type CertificateCode = {
  issuer: string;

  number: CertificateNumber;

  level: Level;

  issued_on: Day;

  name: string;

  id_masked: string;

  sample: boolean;
};

export type CertificateCredential = {
  '@context': Array<string>;

  id: string;

  type: Array<string>;

  issuer: Issuer;

  validFrom: string;

  v: number;

  requiredSignatures: Array<Algorithm>;

  credentialSubject: CertificateSubject;
};

export type CertificateNumber = string;

export type CertificateSubject = {
  id: string;

  batch: BatchId;

  number: CertificateNumber;

  issuedOn: Day;

  occupationCode: string;

  occupation: string;

  specialty: string;

  level: Level;

  identity: HolderCommitment;

  basis: Basis;

  label: string | null;
};

export type Check = {
  check: CheckName;

  ok: boolean;

  defect?: Defect;

  zh: string;

  en: string;
};

export type CheckName =
  | 'form'
  | 'issuer'
  | 'signature'
  | 'required_signatures'
  | 'filing'
  | 'marks'
  | 'log'
  | 'key_revocation'
  | 'holder'
  | 'witness'
  | 'revocation'
  | 'promise'
  | 'manifest'
  | 'commitment';

export type CheckedBundle =
  | {
      kind: 'batch-bundle';

      report: BatchReport;

      logged: string;
    }
  | {
      kind: 'audit-bundle';

      report: AuditReport;
    }
  | {
      kind: 'draw-bundle';

      report: DrawReport;
    }
  | { kind: 'trust-list' }
  | { kind: 'other' };

export type CheckedFile = {
  report: FileReport;

  about: number | null;
};

export type CheckedOpening = {
  report: FileReport;

  secret: Bytes32 | null;
};

export type CheckedReceipt = {
  code: string;

  replaces: string | null;
  at_ms: Time;
  answered: number;
  items: number;
  logged_by_ms: Time;

  complete: boolean | null;
};

export type CustodianId = string;

export type Day = string;

export type Deadline =
  | { state: 'not_open' }
  | {
      state: 'running';

      ends_at_ms: Time;
    }
  | {
      state: 'paused';

      left_ms: number;
    }
  | {
      state: 'unconfirmed';

      left_ms: number;
    };

export type Defect =
  | 'empty'
  | 'too_long'
  | 'unknown_kind'
  | 'malformed'
  | 'unknown_member'
  | 'unknown_name'
  | 'duplicate_member'
  | 'float'
  | 'integer_range'
  | 'member_name'
  | 'too_deep'
  | 'not_canonical'
  | 'shape'
  | 'not_jws'
  | 'header_algorithm'
  | 'header_type'
  | 'contradiction'
  | 'issuer_unknown'
  | 'issuer_impostor'
  | 'signature'
  | 'signature_missing'
  | 'key_unusable'
  | 'required_unnamed'
  | 'required_missing'
  | 'required_unknown'
  | 'required_key'
  | 'required_signature'
  | 'filing_occupation'
  | 'filing_level'
  | 'filing_province'
  | 'filing_not_begun'
  | 'filing_expired'
  | 'issued_in_future'
  | 'key_not_begun'
  | 'key_retired'
  | 'key_revoked'
  | 'mark_range'
  | 'mark_shown'
  | 'mark_passed'
  | 'outcome'
  | 'log_leaf'
  | 'other_log'
  | 'log_signature'
  | 'log_form'
  | 'log_size'
  | 'proof_range'
  | 'proof_length'
  | 'proof_root'
  | 'witness_signature'
  | 'person_malformed'
  | 'other_person'
  | 'superseded'
  | 'revoked'
  | 'other_sitting'
  | 'promise_late'
  | 'not_a_status'
  | 'manifest_basis'
  | 'secret_malformed'
  | 'pinned_log'
  | 'secret_basis'
  | 'custodian_missing'
  | 'other_commitment';

export type DeviceKey = {
  seed: string;
  key: PublicKey;
};

export type Digest = string;

export type DrawReport = {
  verdict: DrawVerdict;

  summary: Text;

  refusal: string | null;

  batch: BatchId | null;

  proven: Array<Text>;

  differences: Array<Fault>;

  all_differences: number;

  not_checked: Array<Text>;
};

export type DrawVerdict = 'holds' | 'unchecked' | 'differs';

export type EndCounts = {
  absent: number;

  annulled: number;

  deferred: number;

  result: number;

  void: number;
};

export type Evidence = {
  attempt: number;

  identity: HolderCommitment;

  manifest: Digest;

  paper: Digest;

  journal: Digest;

  theoryScore: Digest;

  panels: Digest;
};

export type Exact = { num: number; den: number };

export type Fault = {
  code: string;

  place: string;

  cause: Text;

  cure: Text;
};

export type FileKind =
  | 'result'
  | 'certificate'
  | 'certificate_code'
  | 'receipt'
  | 'checkpoint'
  | 'inclusion_proof'
  | 'growth_proof'
  | 'status_set'
  | 'manifest_bundle'
  | 'secret'
  | 'record'
  | 'unknown';

export type FileReport = {
  kind: FileKind;

  verdict: FileVerdict;

  summary: Text;

  checks: Array<Check>;

  not_checked: Array<NotChecked>;

  credential: ResultCredential | null;

  certificate: CertificateCredential | null;

  code: CertificateCode | null;

  receipt: Receipt | null;

  record: string | null;

  issuer: string | null;

  issued_on: string | null;

  sample: boolean;

  key: KeyId | null;

  identity: Digest | null;
};

export type FileVerdict =
  | 'valid'
  | 'valid_unknown_issuer'
  | 'unchecked'
  | 'unlogged'
  | 'superseded'
  | 'revoked'
  | 'unwitnessed'
  | 'stale'
  | 'invalid'
  | 'unreadable';

export type Filing = {
  number: string;

  occupation: string;

  levels: Array<Level>;

  expires: Day;
};

export type Function =
  | 'ethics'
  | 'foundations'
  | 'daily_care'
  | 'basic_nursing'
  | 'emergency'
  | 'symptom_care'
  | 'disease_care'
  | 'function_maintenance'
  | 'psychological_care';

export type HalfMarks = number;

export type HolderCommitment = {
  person: Digest;

  shownName: Digest;
};

export type Issuer = {
  id: string;

  name: string;

  filing: Filing;

  complaintContact: string;
};

export type IssuerView = {
  name: string;

  organization_id: string;

  filing: Filing;

  revoked: KeyRevocation | null;
};

export type ItemId = string;

export type ItemKind =
  | { type: 'binary' }
  | { type: 'graded' }
  | {
      type: 'deduct_per_omission';

      unit: HalfMarks;
    }
  | {
      type: 'count';

      full: number;
    }
  | {
      type: 'timed';

      limits_s: Array<number>;
    }
  | { type: 'judge' };

export type KeyId = string;

export type KeyRevocation = {
  from_index: number;

  reason: string;
};

export type Level = 5 | 4 | 3;

export type MarkedVeto = {
  note: NoteCode;

  at_ms: Time;
};

export type ModuleCode = string;

export type NewSecret = {
  file: string;

  commitment: Digest;
};

export type NotChecked = {
  check: CheckName;

  zh: string;

  en: string;
};

export type NoteCode = string;

export type Notice =
  | { notice: 'plenty' }
  | {
      notice: 'minutes';

      minutes: 15 | 5 | 1;
    }
  | { notice: 'over' };

export type OptionId = string;

export type Outcome = 'passed' | 'failed';

export type PartResult = {
  exact: Exact;

  shown: string;

  passed: boolean;
};

export type Preparation = {
  notice: string;

  supplies: Array<Supply>;
};

export type Profile = 'sample' | 'formal';

export type PseudonymId = string;

export type PublicKey = { crv: string; kty: string; x: string; y?: string | null };

export type Receipt = {
  at_ms: Time;

  answered: number;

  batch: BatchId;

  items: number;

  journal: Digest;

  logged_by_ms: Time;

  replaces: Digest | null;

  sitting: SittingId;
};

export type ResultCredential = {
  '@context': Array<string>;

  id: string;

  type: Array<string>;

  issuer: Issuer;

  validFrom: string;

  v: number;

  requiredSignatures: Array<Algorithm>;

  supersedes?: Supersedes | null;

  credentialSubject: ResultSubject;
};

export type ResultRules = {
  draw: string;

  theory: string;

  panel: string;
};

export type ResultSubject = {
  id: string;

  batch: BatchId;

  occupationCode: string;

  occupation: string;

  specialty: string;

  level: Level;

  province?: string | null;

  theory: PartResult;

  practical: PartResult;

  outcome: Outcome;

  rules: ResultRules;

  evidence: Evidence;

  label: string | null;
};

export type SecretPlace = {
  batch: BatchId;
  attempt: number;

  basis: Digest;
  custodian: CustodianId;
  profile: Profile;
};

export type SectionCode = string;

export type Sheet = {
  v: number;

  id: SheetId;

  level: Level;

  function: Function;

  title: string;

  bank: SheetBank;

  label: string;

  standard: string;

  sources: Array<string>;

  minutes_prepare: number;

  minutes: number;

  preparation: Preparation;

  case?: string | null;

  task: string;

  modules: Array<SheetModule>;

  vetoes: Array<Veto>;
};

export type SheetBank = 'sample' | 'national' | 'extended';

export type SheetId = string;

export type SheetItem = {
  id: SheetItemId;

  content: string;

  points: string;

  half_marks: HalfMarks;

  criterion: string;

  kind: ItemKind;

  oral: boolean;

  awards: Array<Award>;
};

export type SheetItemId = string;

export type SheetModule = {
  id: ModuleCode;

  title: string;

  weight: number;

  function?: Function | null;

  sections: Array<SheetSection>;
};

export type SheetSection = {
  id: SectionCode;

  title: string;

  items: Array<SheetItem>;
};

export type SheetStart = {
  sheet: Sheet;
  assignment: Assignment;

  service: Array<string>;

  device: Array<string>;
};

export type SheetTouch =
  | { touch: 'begin' }
  | { touch: 'score'; item: SheetItemId; award: AwardCode }
  | { touch: 'clear'; item: SheetItemId }
  | { touch: 'undo' }
  | { touch: 'mark_veto'; veto: VetoCode; note: NoteCode }
  | { touch: 'withdraw_veto'; veto: VetoCode }
  | { touch: 'start_timer'; timer: Timer }
  | { touch: 'stop_timer'; timer: Timer }
  | { touch: 'not_done' }
  | { touch: 'hand_in'; total_half_marks: HalfMarks };

export type SheetView = {
  started: boolean;

  handed_in: Time | null;
  awards: { [key in SheetItemId]: AwardCode };
  vetoes: { [key in VetoCode]: MarkedVeto };

  unscored: Array<SheetItemId>;
  items: number;

  total_half_marks: HalfMarks;

  undo: boolean;
  unconfirmed: number;

  suggested: { [key in SheetItemId]: AwardCode };
  timers: Array<TimerView>;
};

export type SittingId = string;

export type Started<View> = {
  kept: number;

  aside: number;

  unreadable: number;
  turn: Turn<View>;
};

export type Stream = string;

export type Supersedes = {
  correction: Digest;

  result: Digest;
};

export type Supply = {
  name: string;

  quantity: string;
};

export type Text = {
  zh: string;

  en: string;
};

export type Time = number;

export type Timer =
  | { type: 'prepare' }
  | { type: 'task' }
  | {
      type: 'item';

      item: SheetItemId;
    };

export type TimerView = {
  timer: Timer;
  used_ms: number;

  left_ms: number | null;
  running: boolean;
};

export type TrustView = {
  issuers: Array<IssuerView>;

  log: string;
};

export type Turn<View> = {
  persist: Array<string>;
  view: View;
};

export type Unsent = {
  id: Digest;

  event: string;
};

export type Veto = {
  id: VetoCode;

  text: string;

  effect: VetoEffect;

  notes: Array<VetoNote>;
};

export type VetoCode = string;

export type VetoEffect =
  | {
      type: 'zero_item';

      item: SheetItemId;
    }
  | { type: 'zero_sheet' }
  | {
      type: 'cap';

      half_marks: HalfMarks;
    }
  | { type: 'terminate' };

export type VetoNote = {
  code: NoteCode;

  label: string;
};

export type Withdrawn = {
  pseudonym: PseudonymId;

  result: Digest;

  defect: Defect;

  zh: string;

  en: string;
};
