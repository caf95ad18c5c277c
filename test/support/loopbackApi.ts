import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request, read whole. */
export interface LoopbackRequest {
  readonly method: string;
  /** without its query */
  readonly path: string;
  readonly body: string;
}

export interface LoopbackApi {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves on a free port of 127.0.0.1. It is also a proxy that lets nothing through, so that every attempt to reach another machine
 * lands in `surprises`, as does what the answering itself throws.
 */
export async function startLoopbackApi(
  surprises: string[],
  answer: (request: LoopbackRequest, response: ServerResponse) => void | Promise<void>,
): Promise<LoopbackApi> {
  const server = createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const body = await text(request);
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      await answer({ method: request.method ?? '', path: pathname, body }, response);
    };
    serve().catch((error: unknown) => {
      surprises.push(`the test's own API failed: ${String(error)}`);
      response.destroy();
    });
  });
  server.on('connect', (request, socket) => {
    surprises.push(`CONNECT ${request.url ?? ''}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** null for what is no JSON. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
