/** Of the 125 bytes of a close frame, RFC 6455, the code takes two. */
const MAX_BYTES = 123;
const MORE = '…';

/** As much of a text as a WebSocket can be closed with: ws throws for one byte more. */
export function closeReason(text: string): string {
  if (Buffer.byteLength(text) <= MAX_BYTES) {
    return text;
  }
  const bytes = new Uint8Array(MAX_BYTES - Buffer.byteLength(MORE));
  // Takes no half characters.
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written)) + MORE;
}
