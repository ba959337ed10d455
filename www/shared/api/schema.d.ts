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
interface ByBatch {
  path: { batch: string };
}
interface ByRoom {
  path: { batch: string; session: string; room: string };
}
type Deadline = { state: 'not_open' } | { state: 'running'; ends_at_ms: number } | { state: 'paused'; left_ms: number };
type SeatState = 'bound' | 'open' | 'paused' | 'handed_in' | 'ended';
type Done = Record<string, never>;

export interface paths {
  '/login': { post: Op<{ body: { login: string; password: string }; answer: { account: Account; batch_hint?: string } }> };
  '/logout': { post: Op<{ answer: Done }> };
  '/me': { get: Op<{ answer: { account: Account } }> };
  '/public': {
    get: Op<{ answer: { organization?: { name: string; complaint_contact: string }; now_ms: number; label: string; tls_port: number } }>;
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
      answer: { account: Account; one_time_password: string };
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
  '/sheets': { get: Op<{ answer: { sheets: { id: string; title: string; function: string; level: number; minutes: number }[] } }> };
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
          counts: {
            candidates: number;
            bound: number;
            handed_in: number;
            theory_scored: number;
            practical_complete: number;
            signed: number;
            logged: number;
            passed: number;
          };
          next: { step: string; done: boolean; zh: string; en: string }[];
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
            session: string;
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
  '/batches/{batch}/draw': {
    get: Op<
      ByBatch & {
        answer: {
          attempt: number;
          algorithm: string;
          stage: string;
          batch: string;
          custodians: {
            custodian: string;
            name: string;
            outside: boolean;
            committed: boolean;
            commitment: string | null;
            opened: boolean;
            me: boolean;
          }[];
          manifest: null | { digest: string; document: unknown };
          log: null | { index: number; size: number };
          seed_digest: null | string;
          papers: null | { count: number; seats: number; spares: number; reserve: number; forced: number; equivalence: unknown };
        };
      }
    >;
  };
  '/batches/{batch}/draw/commitments': { post: Op<ByBatch & { body: { commitment: string }; answer: Done }> };
  '/batches/{batch}/draw/manifest': { post: Op<ByBatch & { body: Done; answer: { digest: string; log_index: number } }> };
  '/batches/{batch}/draw/openings': { post: Op<ByBatch & { body: { secret: string }; answer: Done }> };
  '/batches/{batch}/draw/deal': { post: Op<ByBatch & { body: Done; answer: { papers: number; seconds: number } }> };
  '/batches/{batch}/draw/papers': {
    get: Op<
      ByBatch & {
        query: { after?: string; limit?: number };
        answer: {
          papers: {
            paper: string;
            use: string;
            session: string;
            room: string;
            digest: string;
            forced: number;
            certificate: Record<string, unknown>;
          }[];
          next: string | null;
        };
      }
    >;
  };
  '/rooms': {
    get: Op<{
      answer: {
        rooms: {
          batch: string;
          title: string;
          session: string;
          room: string;
          name: string;
          starts_at_ms: number;
          state: 'waiting' | 'open' | 'paused' | 'ended';
          seats: number;
          handed_in: number;
        }[];
      };
    }>;
  };
  '/rooms/{batch}/{session}/{room}': {
    get: Op<
      ByRoom & {
        answer: {
          now_ms: number;
          batch: string;
          title: string;
          room: string;
          name: string;
          session: string;
          state: 'waiting' | 'open' | 'paused' | 'ended';
          minutes: number;
          opened_at_ms: number | null;
          ends_at_ms: number | null;
          standby: boolean;
          seats: {
            number: number;
            seat: string;
            sitting: string;
            ticket: string;
            name: string;
            id_masked: string;
            state: 'expected' | 'waiting' | 'bound' | 'working' | 'handed_in' | 'absent';
            pc: number | null;
            answered: number;
            items: number;
            last_ack_ms: number | null;
            ends_at_ms: number | null;
            extra_minutes: number;
          }[];
          waiting: { enrolment: string; ticket: string; code: string; seat: number | null; since_ms: number }[];
        };
      }
    >;
  };
  '/rooms/{batch}/{session}/{room}/bind': {
    post: Op<
      ByRoom & {
        body: { enrolment: string; ticket_checked: true; photo_checked: true; id_checked: true; reason?: string };
        answer: Done;
      }
    >;
  };
  '/rooms/{batch}/{session}/{room}/refuse': { post: Op<ByRoom & { body: { enrolment: string; reason: string }; answer: Done }> };
  '/rooms/{batch}/{session}/{room}/open': { post: Op<ByRoom & { body: Done; answer: Done }> };
  '/rooms/{batch}/{session}/{room}/pause': { post: Op<ByRoom & { body: { reason: string }; answer: Done }> };
  '/rooms/{batch}/{session}/{room}/resume': { post: Op<ByRoom & { body: { reason: string }; answer: Done }> };
  '/rooms/{batch}/{session}/{room}/incident': { post: Op<ByRoom & { body: { text: string }; answer: Done }> };
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
        reason?: string;
        token?: string;
        sitting?: string;
        number?: number;
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
        label: string;
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
        items: { item: string; type: string; stem: string; options: { id: string; text: string }[] }[];
        before: string[];
        journal: string[];
        continues: string | null;
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
        receipt: string | null;
        receipt_salt: string | null;
      };
    }>;
  };
  '/seat/receipt': { get: Op<{ answer: { receipt: string; salt: string; answered: number; items: number; at_ms: number } }> };
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
  '/panels': {
    get: Op<{
      query: { batch: string };
      answer: {
        panels: {
          sitting: string;
          number: number;
          panel: string;
          sheet: string;
          sheet_title: string;
          function: string;
          state: 'scoring' | 'needs_decision' | 'formed';
          handed_in: number;
          of: number;
          spread_half_marks: number;
          vetoes: { veto: string; text: string; effect: string; marked_by: number; note: string }[];
          alert: boolean;
          mark: { num: number; den: number } | null;
          shown: string | null;
          totals: number[];
        }[];
      };
    }>;
  };
  '/panels/{sitting}/{sheet}/decision': {
    post: Op<{
      path: { sitting: string; sheet: string };
      body: { vetoes: { veto: string; confirmed: boolean; reason: string }[]; alert?: { accept: true; reason: string } };
      answer: Done;
    }>;
  };
  '/batches/{batch}/score': {
    post: Op<
      ByBatch & {
        body: Done;
        answer: { scored: number; signed: number; logged: number; pending: { sitting: string; ticket: string; why: Text }[] };
      }
    >;
  };
  '/batches/{batch}/close': { post: Op<ByBatch & { body: Done; answer: Done }> };
  '/batches/{batch}/results': {
    get: Op<
      ByBatch & {
        query: { after?: string; limit?: number };
        answer: {
          results: {
            pseudonym: string;
            ticket: string;
            name: string;
            theory: string | null;
            practical: string | null;
            outcome: 'passed' | 'failed' | 'absent';
            log_index: number;
            id: string;
          }[];
          next: string | null;
        };
      }
    >;
  };
  '/batches/{batch}/results/{pseudonym}': {
    get: Op<{
      path: { batch: string; pseudonym: string };
      answer: {
        jws: string;
        credential: Record<string, unknown>;
        proof: { index: number; size: number; path: string[]; checkpoint: string; leaf: string; salt: string };
        identity_salt: string;
        name: string;
        id_masked: string;
      };
    }>;
  };
  '/log/entries': { get: Op<{ query: { from?: number; limit?: number }; answer: { entries: { index: number; leaf: string }[] } }> };
  '/log/proof': { get: Op<{ query: { index: number; size: number }; answer: { path: string[] } }> };
}

export type { Account, BatchStage, Deadline, Fault, Filing, Jwk, Organization, Role, SeatState, Text };
