/** What a tablet does when the time of a task runs out: a sound, and a vibration where the device has one. */

export type Alarm = 'minute' | 'over';

const MINUTE_MS = 60_000;
const BEEPS: Readonly<Record<Alarm, readonly number[]>> = { minute: [0], over: [0, 0.35, 0.7] };
const BEEP_S = 0.22;
const PITCH_HZ = 880;

/** What is to be announced when a clock has gone on; both are milliseconds to its limit, null beyond it. */
export function alarmBetween(before: number | null, after: number | null): Alarm | null {
  if (before === null) return null;
  if (after === null) return 'over';
  return before > MINUTE_MS && after <= MINUTE_MS ? 'minute' : null;
}

let audio: AudioContext | null = null;

/** Call it while the person touches the page: browsers play nothing before that. */
export function allowSound(): void {
  if (!('AudioContext' in globalThis)) return;
  audio ??= new AudioContext();
  void audio.resume();
}

export function announce(alarm: Alarm): void {
  navigator.vibrate?.(BEEPS[alarm].flatMap(() => [250, 100]));
  if (audio === null) return;
  for (const start of BEEPS[alarm]) {
    const tone = audio.createOscillator();
    tone.frequency.value = PITCH_HZ;
    tone.connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + BEEP_S);
  }
}
