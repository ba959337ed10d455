/** The service's routes. Kept by hand until the service publishes its OpenAPI document, from which it is generated. */

interface Shape {
  path?: object;
  query?: object;
  body?: unknown;
  answer: unknown;
  status?: 200 | 201;
}
type Member<S, Name extends string> = S extends { [Key in Name]: infer Value } ? { [Key in Name]: Value } : { [Key in Name]?: never };
type Optional<S, Name extends string> = S extends { [Key in Name]: infer Value } ? { [Key in Name]?: Value } : { [Key in Name]?: never };
type Op<S extends Shape> = {
  parameters: Member<S, 'path'> & Optional<S, 'query'> & { header?: never; cookie?: never };
  responses: {
    [K in S extends { status: 201 } ? 201 : 200]: { headers: Record<string, unknown>; content: { 'application/json': S['answer'] } };
  };
} & (S extends { body: infer B } ? { requestBody: { content: { 'application/json': B } } } : { requestBody?: never });

interface Text {
  zh: string;
  en: string;
}
interface Fault {
  code: string;
  place: string;
  cause: Text;
  cure: Text;
}
interface Jwk {
  crv: string;
  kty: string;
  x: string;
  y?: string;
}
type Role = 'officer' | 'custodian' | 'invigilator' | 'examiner' | 'lead' | 'supervisor';
interface Account {
  id: string;
  login: string;
  name: string;
  roles: Role[];
}
interface Filing {
  number: string;
  occupation?: string;
  levels: number[];
  expires: string;
}
interface Organization {
  name: string;
  credit_code: string;
  province: string;
  category: string;
  organization_code: string;
  site_code: string;
  filing: Filing;
  complaint_contact: string;
}
type BatchStage = 'planned' | 'seated' | 'committed' | 'fixed' | 'opened' | 'dealt' | 'closed';
interface Draw {
  batch: string;
  attempt: number;
  algorithm: string;
  stage: BatchStage;
  custodians: {
    custodian: string;
    name: string;
    outside: boolean;
    committed: boolean;
    commitment?: string | null;
    opened: boolean;
    me: boolean;
  }[];
  manifest?: null | { digest: string; log_index: number; document: Record<string, unknown> };
  seed_digest?: string | null;
  papers?: null | { count: number; equivalence: Record<string, unknown> };
}
type RoomStatus = 'waiting' | 'open' | 'paused' | 'ended';
interface RoomView {
  now_ms: number;
  batch: string;
  title: string;
  room: string;
  name: string;
  session: number;
  state: RoomStatus;
  minutes: number;
  opened_at_ms?: number | null;
  ends_at_ms?: number | null;
  standby: boolean;
  seats: {
    number: number;
    seat: string;
    sitting: string;
    ticket: string;
    name: string;
    id_masked: string;
    state: 'expected' | 'waiting' | 'bound' | 'working' | 'handed_in' | 'absent';
    pc?: number | null;
    answered: number;
    items: number;
    last_ack_ms?: number | null;
    ends_at_ms?: number | null;
    extra_minutes: number;
  }[];
  waiting: { enrolment: string; ticket: string; code: string; seat_number?: number | null; replaces: boolean; since_ms: number }[];
}
interface PanelLine {
  sitting: string;
  number: number;
  panel: string;
  panel_name: string;
  sheet: string;
  sheet_title: string;
  function: string;
  state: 'scoring' | 'needs_decision' | 'formed' | 'rerun';
  handed_in: number;
  of: number;
  totals: number[];
  vetoes: { veto: string; text: string; marked_by: number; notes: string[]; open: boolean }[];
  alert: boolean;
  mark?: null | Record<string, unknown>;
  shown?: string | null;
}
interface ByBatch {
  path: { batch: string };
}
interface ByRoom {
  path: { batch: string; session: number; room: string };
}
type Deadline = { state: 'not_open' } | { state: 'running'; ends_at_ms: number } | { state: 'paused'; left_ms: number };
type SeatState = 'bound' | 'open' | 'paused' | 'handed_in';
type Done = Record<string, never>;

export interface paths {
  '/login': { post: Op<{ body: { login: string; password: string }; answer: { account: Account; batch_hint?: string } }> };
  '/logout': { post: Op<{ answer: Done }> };
  '/me': { get: Op<{ answer: { account: Account } }> };
  '/public': {
    get: Op<{ answer: { organization: { name: string; complaint_contact: string } | null; now_ms: number; tls_port: number } }>;
  };
  '/trust': {
    get: Op<{
      answer: {
        issuers: { name: string; organization_id: string; key: Jwk; filing: Filing; valid_from_ms: number; revoked: null }[];
        log: { origin: string; key: Jwk; verifier_key: string };
        receipts: { key: Jwk };
      };
    }>;
  };
  '/organization': {
    get: Op<{ answer: { organization: Organization | null; organization_id: string } }>;
    put: Op<{ body: Organization; answer: Done }>;
  };
  '/staff': {
    get: Op<{ answer: { accounts: Account[] } }>;
    post: Op<{
      body: { login: string; name: string; roles: Role[]; employer?: string };
      answer: { account: Account; one_time_password: string; pin?: string | null };
    }>;
  };
  '/banks': {
    get: Op<{
      answer: {
        banks: { bank: string; title: string; kind: string; level: number; label: string; items: number; points: number; index: string }[];
      };
    }>;
  };
  '/blueprints': { get: Op<{ answer: { blueprints: { id: string; level: number; title: string; [member: string]: unknown }[] } }> };
  '/sheets': { get: Op<{ answer: {
        sheets: { id: string; title: string; function: string; level: number; minutes_prepare: number; minutes: number }[];
      } }> };
  '/batches': {
    get: Op<{
      answer: { batches: { batch: string; title: string; level: number; exam_day: string; stage: BatchStage; candidates: number }[] };
    }>;
    post: Op<{ body: Record<string, unknown>; answer: { batch: string } }>;
  };
  '/batches/{batch}': {
    get: Op<
      ByBatch & {
        answer: {
          plan: Record<string, unknown>;
          stage: BatchStage;
          attempt: number;
          counts: {
            candidates: number;
            bound: number;
            handed_in: number;
            absent: number;
            theory_scored: number;
            practical_complete: number;
            signed: number;
            logged: number;
            passed: number;
          };
        };
      }
    >;
  };
  '/batches/{batch}/roster': {
    get: Op<
      ByBatch & {
        answer: {
          entries: {
            ticket: string;
            name: string;
            id_masked: string;
            session: number;
            room: string;
            number: number;
            seat: string;
            pseudonym: string;
            theory: string;
            practical: string;
          }[];
        };
      }
    >;
  };
  '/batches/{batch}/draw': { get: Op<ByBatch & { answer: Draw }> };
  '/batches/{batch}/draw/commitments': { post: Op<ByBatch & { body: { commitment: string }; answer: Draw }> };
  '/batches/{batch}/draw/manifest': { post: Op<ByBatch & { answer: Draw }> };
  '/batches/{batch}/draw/openings': { post: Op<ByBatch & { body: { secret: string }; answer: Draw }> };
  '/batches/{batch}/draw/deal': { post: Op<ByBatch & { answer: Draw }> };
  '/batches/{batch}/draw/papers': {
    get: Op<ByBatch & { query: { after?: string; limit?: number }; answer: { papers: Record<string, unknown>[]; next?: string | null } }>;
  };
  '/rooms': {
    get: Op<{
      answer: {
        rooms: {
          batch: string;
          title: string;
          session: number;
          room: string;
          name: string;
          starts_at_ms: number;
          state: RoomStatus;
          seats: number;
          handed_in: number;
        }[];
      };
    }>;
  };
  '/rooms/{batch}/{session}/{room}': { get: Op<ByRoom & { answer: RoomView }> };
  '/rooms/{batch}/{session}/{room}/bind': {
    post: Op<
      ByRoom & {
        body: { enrolment: string; ticket_checked: boolean; photo_checked: boolean; id_checked: boolean; reason?: string | null };
        answer: RoomView;
      }
    >;
  };
  '/rooms/{batch}/{session}/{room}/refuse': { post: Op<ByRoom & { body: { enrolment: string; reason: string }; answer: RoomView }> };
  '/rooms/{batch}/{session}/{room}/open': { post: Op<ByRoom & { answer: RoomView }> };
  '/rooms/{batch}/{session}/{room}/pause': { post: Op<ByRoom & { body: { reason: string }; answer: RoomView }> };
  '/rooms/{batch}/{session}/{room}/resume': { post: Op<ByRoom & { body: { reason: string }; answer: RoomView }> };
  '/rooms/{batch}/{session}/{room}/incident': { post: Op<ByRoom & { body: { text: string }; answer: RoomView }> };
  '/sittings/{sitting}/extend': {
    post: Op<{ path: { sitting: string }; body: { minutes: number; reason: string }; answer: Done }>;
  };
  '/sittings/{sitting}/absent': { post: Op<{ path: { sitting: string }; body: { reason: string }; answer: Done }> };
  '/sittings/{sitting}/hand-in': { post: Op<{ path: { sitting: string }; body: { reason: string }; answer: Done }> };
  '/seat/enrolments': {
    post: Op<{ body: { ticket: string; key: Jwk }; answer: { enrolment: string; secret: string; code: string }; status: 201 }>;
  };
  '/seat/enrolments/{enrolment}': {
    get: Op<{
      path: { enrolment: string };
      answer: {
        state: 'waiting' | 'bound' | 'refused';
        reason?: string | null;
        sitting?: string | null;
        number?: number | null;
        now_ms: number;
      };
    }>;
  };
  '/seat': {
    get: Op<{
      answer: {
        now_ms: number;
        state: SeatState;
        deadline: Deadline;
        sitting: string;
        number: number;
        seat: string;
        room_name: string;
        seat_number: number;
        name: string;
        ticket: string;
        title: string;
        label?: string | null;
        minutes: number;
        items: number;
        starts_at_ms: number;
      };
    }>;
  };
  '/seat/paper': {
    get: Op<{
      answer: {
        paper: string;
        paper_digest: string;
        several: string[];
        sections: { type: 'single_choice' | 'multiple_choice' | 'true_false'; title: Text; from: number; to: number; half_marks: number }[];
        items: { item: string; type: string; case?: string | null; stem: string; options: { id: string; text: string }[] }[];
        before: string[];
        journal: string[];
        continues?: string | null;
      };
    }>;
  };
  '/seat/events': {
    post: Op<{
      body: { events: string[] };
      answer: {
        acknowledged: string;
        now_ms: number;
        deadline: Deadline;
        state: SeatState;
        receipt?: string | null;
        receipt_salt?: string | null;
      };
    }>;
  };
  '/seat/receipt': { get: Op<{ answer: { receipt: string; receipt_salt: string; answered: number; items: number; at_ms: number } }> };
  '/examiner/assignments': {
    get: Op<{
      answer: {
        assignments: {
          assignment: string;
          batch: string;
          panel: string;
          panel_name: string;
          number: number;
          order: number;
          sheet: string;
          sheet_title: string;
          function: string;
          minutes_prepare: number;
          minutes: number;
          state: 'waiting' | 'started' | 'handed_in';
        }[];
      };
    }>;
  };
  '/examiner/assignments/{assignment}': {
    get: Op<{
      path: { assignment: string };
      answer: {
        assignment: { id: string; examiner: string; stream: string };
        number: number;
        sheet: unknown;
        journal: string[];
        state: 'waiting' | 'started' | 'handed_in';
        now_ms: number;
      };
    }>;
  };
  '/examiner/assignments/{assignment}/events': {
    post: Op<{
      path: { assignment: string };
      body: { events: string[] };
      answer: { acknowledged: string; now_ms: number; state: 'waiting' | 'started' | 'handed_in' };
    }>;
  };
  '/examiner/assignments/{assignment}/hand-in': {
    post: Op<{
      path: { assignment: string };
      body: { events: string[]; checkpoint: string; key: Jwk; pin: string };
      answer: { acknowledged: string; state: 'handed_in'; total_half_marks: number };
    }>;
  };
  '/panels': { get: Op<{ query: { batch: string }; answer: { panels: PanelLine[] } }> };
  '/panels/{sitting}/{sheet}/decision': {
    post: Op<{
      path: { sitting: string; sheet: string };
      body: {
        vetoes: { veto: string; confirmed: boolean; reason: string }[];
        alert?: { accept: boolean; reason: string } | null;
      };
      answer: PanelLine;
    }>;
  };
  '/batches/{batch}/score': {
    post: Op<ByBatch & { answer: { scored: number; signed: number; absent: number; pending: { ticket: string; why: Text }[] } }>;
  };
  '/batches/{batch}/close': { post: Op<ByBatch & { answer: { terminal: number; papers: number; log_index: number } }> };
  '/batches/{batch}/results': {
    get: Op<
      ByBatch & {
        answer: {
          results: {
            pseudonym: string;
            ticket: string;
            name: string;
            theory?: string | null;
            practical?: string | null;
            outcome: 'passed' | 'failed' | 'absent' | 'pending';
            log_index?: number | null;
            certificate?: string | null;
          }[];
        };
      }
    >;
  };
  '/batches/{batch}/results/{pseudonym}': {
    get: Op<{
      path: { batch: string; pseudonym: string };
      answer: { name: string; id_masked: string; jws: string; credential: Record<string, unknown>; bundle: Record<string, unknown> };
    }>;
  };
  '/log/checkpoint': { get: Op<{ answer: string }> };
  '/log/entries': { get: Op<{ query: { from?: number; limit?: number }; answer: { entries: { index: number; leaf: Record<string, unknown> }[] } }> };
  '/log/proof': { get: Op<{ query: { index: number; size: number }; answer: { path: string[] } }> };
}

export type { Account, BatchStage, Deadline, Fault, Filing, Jwk, Organization, Role, SeatState, Text };
