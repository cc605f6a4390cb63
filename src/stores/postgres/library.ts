/**
 * pg, which is installed by whoever uses PostgreSQL. Only what is used here is described, so that nobody needs it to
 * compile.
 */
import type { Socket } from "node:net";
import type { Milliseconds } from "../../value/value.ts";
import { packageMissing } from "../errors.ts";

export interface PostgresLibrary {
  readonly Pool: new (options: PoolOptions) => PostgresPool;
  readonly Client: PostgresClientClass;
}

export type PostgresClientClass = new (
  options: object,
) => {
  /** Not there in the client that is made with libpq. */
  readonly connection?: PostgresConnection;
};

/** A connection inside a client. */
export interface PostgresConnection {
  /** Begins to read the answers of the server, from a socket or from what decrypts what comes from one. */
  attachListeners(stream: ServerStream): void;
}

export type ServerStream = Pick<Socket, "listeners" | "off" | "on" | "destroy">;

export interface PoolOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** A function, because pg looks in the environment and in files where a password is only missing. */
  readonly password: () => string | undefined;
  readonly ssl: boolean;
  readonly application_name: string;
  readonly max: number;
  readonly connectionTimeoutMillis: Milliseconds;
  readonly statement_timeout: Milliseconds;
  readonly keepAlive: boolean;
  readonly allowExitOnIdle: boolean;
  readonly stream: () => Socket;
  readonly Client: PostgresClientClass;
  /** What reads the values of rows, by the number of their type. */
  readonly types: { getTypeParser(type: number, format?: string): (text: string) => unknown };
}

export interface PostgresPool {
  readonly idleCount: number;
  connect(): Promise<PostgresClient>;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "connect", listener: (client: PostgresClient) => void): unknown;
  end(): Promise<void>;
}

export interface PostgresClient {
  query(query: Query): Promise<Result>;
  on(event: "error", listener: (error: Error) => void): unknown;
  /** @param destroy whether the connection is not to be used again */
  release(destroy: boolean): void;
}

export interface Query {
  /** The statement is prepared once in each connection under this name. */
  readonly name: string | undefined;
  readonly text: string;
  readonly values?: readonly Parameter[];
  readonly rowMode: "array";
  readonly query_timeout: Milliseconds;
}

export type Parameter =
  | Buffer
  | string
  | number
  | null
  | readonly Buffer[]
  | readonly string[]
  | readonly (number | null)[];

export interface Result {
  readonly rows: readonly (readonly unknown[])[];
  readonly rowCount: number | null;
}

/**
 * @param entry what needs it: the id of the database
 * @throws UNAVAILABLE, naming the package to install
 */
export async function postgresLibrary(entry: string): Promise<PostgresLibrary> {
  try {
    return ((await import("pg")) as unknown as { readonly default: PostgresLibrary }).default;
  } catch (e) {
    throw packageMissing(entry, "pg", "npm install pg", e);
  }
}
