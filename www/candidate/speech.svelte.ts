/** Reading aloud by the PC's own voices. A voice that needs the internet would send the paper away, so it is not used. */

export class Speech {
  #voice: SpeechSynthesisVoice | null = $state.raw(null);
  speaking = $state(false);

  constructor() {
    if (!('speechSynthesis' in globalThis)) return;
    this.#find();
    // Browsers load their voices late.
    speechSynthesis.addEventListener?.('voiceschanged', () => this.#find());
  }

  /** Whether this PC has a Chinese voice. */
  get available(): boolean {
    return this.#voice !== null;
  }

  read(text: string): void {
    if (this.#voice === null) return;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.voice = this.#voice;
    words.lang = this.#voice.lang;
    words.rate = 0.9;
    words.onend = words.onerror = () => (this.speaking = false);
    this.speaking = true;
    speechSynthesis.speak(words);
  }

  stop(): void {
    if (this.#voice === null) return;
    speechSynthesis.cancel();
    this.speaking = false;
  }

  #find(): void {
    const local = speechSynthesis.getVoices().filter((voice) => voice.localService);
    this.#voice = local.find((voice) => /^(zh|cmn)/i.test(voice.lang)) ?? null;
  }
}
