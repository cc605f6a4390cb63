/**
 * Servers that tests need. They are looked for where the environment says, or at their usual place on this machine.
 * Where one is missing its tests are shown as left out; with MOONKEEP_REQUIRE_SERVICES=1 they fail instead.
 */
import { connect } from "node:net";
import { describe, it } from "vitest";
import { hasProgram } from "./programs.ts";

export interface Service {
  readonly name: string;
  readonly url: string;
}

export const redis: Service = { name: "Redis", url: process.env.MOONKEEP_TEST_REDIS ?? "redis://127.0.0.1:6379" };
export const postgres: Service = {
  name: "PostgreSQL",
  url: process.env.MOONKEEP_TEST_POSTGRES ?? "postgres://postgres@127.0.0.1:5432/test",
};

/** Tests that need a server. */
export async function withService(service: Service, tests: () => void): Promise<void> {
  const { hostname, port } = new URL(service.url);
  const usual = service === redis ? 6379 : 5432;
  if (await listens(hostname, Number(port || usual))) return tests();
  leftOut(`${service.name} at ${hostname}:${port || usual}`);
}

/** Tests that start a server of their own. */
export async function withProgram(name: string, tests: () => void): Promise<void> {
  if (hasProgram(name)) tests();
  else leftOut(name);
}

/** Shows that tests are left out for want of something. */
export function leftOut(what: string): void {
  if (process.env.MOONKEEP_REQUIRE_SERVICES === "1") {
    it(`needs ${what}`, () => {
      throw new Error(`there is no ${what}`);
    });
  } else describe.skip(`left out, because there is no ${what}`, () => it("has tests that need it", () => {}));
}

/** Whether somebody takes connections there. */
export function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
  });
}
