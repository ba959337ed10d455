/** One window of a browser holds the seat: two would write one stream twice. The newest wins. */

const CHANNEL = 'kaoping-seat';

/** Takes the seat from any other window; `lost` is called when a newer window takes it from this one. */
export function takeSeat(lost: () => void): void {
  if (!('BroadcastChannel' in globalThis)) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = () => {
    channel.close();
    lost();
  };
  channel.postMessage('taken');
}
