import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A subscriber over SSE without any client library on it, that has read its first event. */
export async function openSse(url: string, query: string, localAddress?: string): Promise<Socket> {
  const { port, hostname } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, ...(localAddress !== undefined && { localAddress }) });
  socket.on('error', () => {});
  await once(socket, 'connect');
  const body = JSON.stringify({ query });
  const head = ['POST /graphql HTTP/1.1', `host: ${hostname}`, 'accept: text/event-stream'];
  const rest = ['content-type: application/json', `content-length: ${body.length}`, '', body];
  socket.write([...head, ...rest].join('\r\n'));
  for (let text = ''; !text.includes('"batchProgress"'); ) {
    const [chunk] = await once(socket, 'data');
    text += chunk;
  }
  return socket;
}
