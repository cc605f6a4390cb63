/** Every sentence that the server says of its own. */

export const wrongHost = (port: number): string =>
  `the Host header has to name this server: 127.0.0.1:${port} or localhost:${port}`;
export const wrongOrigin = "only pages of this server may send requests";
export const noToken =
  "the token is missing or wrong: open the address that moonkeep printed, or send it as Authorization: Bearer TOKEN";
export const readsOnly = "this page is read-only; use --write to allow changes (write: true in host.inspect)";
export const notFound = (path: string): string => `there is no address ${path}`;
export const noKey = "the store has no such key";
export const noRun = (id: number): string => `run ${id} has ended`;
export const notJsonBody = "the body has to be JSON, with the content type application/json";
export const isMissing = (name: string): string => `${name} is missing`;
export const tooManyStreams = (most: number): string => `there are ${most} streams already; close one of them`;
export const bodyTooLarge = (most: number): string => `the body has more than ${most} bytes`;
export const cantListen = (port: number, code: string): string =>
  code === "EADDRINUSE"
    ? `port ${port} is taken; give another one, or 0 for any that is free`
    : `port ${port} can't be listened on: ${code}`;
