/** The key of a decision: the page sends the same one when it asks again after a lost answer, so that it counts once. */
export function newRequestKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The keys of a form's requests: the same one while the form says the same, so that an entry that was changed counts. */
export class RequestKeys {
  #said = '';
  #key = '';

  for(content: unknown): string {
    const said = JSON.stringify(content);
    if (said !== this.#said) [this.#said, this.#key] = [said, newRequestKey()];
    return this.#key;
  }

  /** The request was carried out: the same once more is another one. */
  done(): void {
    this.#said = '';
  }
}
