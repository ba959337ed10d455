/** The score sheet and the engine's answers, as JSON (src/engine/practical/sheet.rs, src/wasm/examiner.rs). */

export interface Sheet {
  id: string;
  title: string;
  label: string;
  function: string;
  minutes_prepare: number;
  minutes: number;
  preparation: { notice: string; supplies: { name: string; quantity: string }[] };
  case?: string;
  task: string;
  modules: { id: string; title: string; weight: number; sections: Section[] }[];
  vetoes: Veto[];
}

export interface Section {
  id: string;
  title: string;
  items: SheetItem[];
}

export interface SheetItem {
  id: string;
  content: string;
  points: string;
  half_marks: number;
  criterion: string;
  kind: { type: 'binary' | 'graded' | 'deduct_per_omission' | 'count' | 'timed' | 'judge' };
  oral: boolean;
  awards: Award[];
}

export interface Award {
  code: string;
  label: string;
  half_marks: number;
}

export interface Veto {
  id: string;
  text: string;
  effect: { type: 'zero_item' | 'zero_sheet' | 'terminate' } | { type: 'cap'; half_marks: number };
  notes: { code: string; label: string }[];
}

export type TimerName = { type: 'prepare' } | { type: 'task' } | { type: 'item'; item: string };

export interface TimerView {
  timer: TimerName;
  used_ms: number;
  left_ms: number | null;
  running: boolean;
}

export interface View {
  started: boolean;
  handed_in: number | null;
  awards: Record<string, string>;
  vetoes: Record<string, { note: string; at_ms: number }>;
  unscored: string[];
  items: number;
  total_half_marks: number;
  undo: boolean;
  unconfirmed: number;
  suggested: Record<string, string>;
  timers: TimerView[];
}

export interface Output {
  persist?: string;
  send?: { id: string; event: string };
  wake_at?: number;
}

export interface Turn {
  outputs: Output[];
  view: View;
}

export interface StartTurn extends Turn {
  kept: number;
  aside: number;
  missing: string[];
}
