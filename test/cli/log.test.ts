import { expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";

const registry = `version: "1.0"
namespace: app
entries:
  - {name: all, kind: security.policy, policy: {actions: logger.write, resources: "*", effect: allow}, groups: [all]}
  - {name: host, kind: host.config, security: {actor: {id: local}, groups: [all]}}
`;
const script = `local log = require("logger"):named("app") log:debug("d") log:info("i", {n = 1}) log:error("e\\27[31m") return 1`;

it("moonkeep run: what a script logs is JSON lines on standard error, from the level on that is asked for", async () => {
  const cwd = folder({ "registry.yaml": registry });
  const logged = async (...flags: string[]) => {
    const { out, err } = await moonkeep(["run", ...flags, "-e", script], { cwd });
    expect(out).toBe("1\n");
    return err === ""
      ? []
      : err
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const [info, error] = await logged();
  expect(info).toMatchObject({ level: "info", message: "i", logger: "app", actor: "local", fields: { n: 1 } });
  expect(error).toMatchObject({ level: "error", message: "e\u001b[31m" });
  expect((await logged("--log-level", "debug")).map(({ level }) => level)).toEqual(["debug", "info", "error"]);
  expect(await logged("--log-level", "off")).toEqual([]);
});
