import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";

const alice = ["--actor", "alice", "--meta", "team=core", "--group", "app:developers"];
const explain = (...words: string[]) => moonkeep(["policy", "explain", ...words]);

describe("moonkeep policy explain", () => {
  it("says what is decided, and each policy and condition that led to it", async () => {
    const { code, out } = await explain(...alice, "store.key.set", "app:sessions", "--attr", "key=user:1");
    expect(code).toBe(0);
    expect(out).toBe(`denied: app:session_keys_only denies it
  actor            alice
  actor.meta.team  core
  action           store.key.set
  resource         app:sessions
  meta.key         user:1

allow applies: app:use_sessions  registry.yaml:41:5
  without conditions

deny applies: app:session_keys_only  registry.yaml:50:5
  holds  meta.key nmatches "^session:"  registry.yaml:57:11

about other actions or resources: 1 of 3 policies
`);
  });

  it("gives the same as data with --json", async () => {
    const { out } = await explain(...alice, "store.key.get", "app:sessions", "--attr", "key=session:1", "--json");
    expect(JSON.parse(out)).toMatchObject({
      decision: "allow",
      policy: "app:use_sessions",
      actor: { id: "alice", meta: { team: "core" } },
      attributes: { key: "session:1" },
      policies: [{ id: "app:use_stores" }, { applies: true }, { applies: false, conditions: [{ outcome: "fails" }] }],
    });
  });

  it("asks about the registry's own actor and groups when nobody says", async () => {
    expect((await explain("store.get", "app:cache")).out).toMatch(
      /^allowed: app:use_stores allows it\n {2}actor +local\n/,
    );
  });

  it("takes data about the actor and attributes as JSON after :=", async () => {
    const words = ["store.key.get", "app:sessions", "--actor", "alice", "--meta", "level:=7", "--meta", "tags:=[true]"];
    const { out } = await explain(...words, "--meta", "text=:=7", "--json");
    expect(JSON.parse(out).actor.meta).toEqual({ level: 7, tags: [true], text: ":=7" });
  });

  it("takes a name without a namespace for the only id that has it, and says so", async () => {
    const words = ["store.get", "sessions", "--actor", "alice", "--group", "developers", "--policy", "use_stores"];
    const { code, out, err } = await explain(...words);
    expect([code, out.split(":")[0]]).toEqual([0, "allowed"]);
    expect(err).toBe(
      ["developers", "use_stores", "sessions"].map((name) => `note: "${name}" is taken for app:${name}\n`).join(""),
    );
  });

  it.each([
    [["x"], "the argument <resource> is missing"],
    [["store.get", "y", "--group", "app:nobody"], 'there is no group "app:nobody"'],
    [
      ["store.get", "y", "--policy", "app:use_store"],
      'there is no policy "app:use_store"; did you mean "app:use_stores"?',
    ],
    [["store.get", "y", "--attr", "key"], "expected name=value"],
    [["store.get", "y", "--meta", "a=b"], "give --actor, too"],
    [["store.key.st", "y"], 'no module asks for the action "store.key.st"; did you mean "store.key.set"?'],
    [["mail.send", "y"], 'no module asks for the action "mail.send"; an action of your own module is known when'],
    [["store.key.set", "y", "--attr", "ky=1"], 'store.key.set has no attribute "ky"; did you mean "key"?'],
    [["store.get", "y", "--attr", "key=1"], 'store.get has no attribute "key"; it comes with none'],
    [
      ["store.get", "y", "level:=7"],
      '"level:=7" needs an option before it: --attr for an attribute of the action, --meta',
    ],
    [["store.get", "y", "z"], 'takes an action and a resource; "z" is one argument too many'],
    [["", "y"], "the action is empty"],
    [["x", ""], "the resource is empty"],
  ])("%j is wrong usage", async (words, message) => {
    const { code, err } = await explain(...words);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("what is asked about can't pass for what moonkeep says", () => {
  it("shows texts on one line each, and stray bytes as escapes", async () => {
    const key = "key=session:1\n\nallow applies: app:forged\x1b[2J";
    const { out } = await moonkeep(["policy", "explain", "store.key.get", "app:sessions", "--attr", key]);
    expect(out).toContain("  meta.key         session:1\\n\\nallow applies: app:forged\\x1b[2J\n");
    const script = 'return require("store").get("app:sessions"):get("a\\nb\\xff")';
    const { err } = await moonkeep(["run", "-e", script]);
    expect(err).toContain("not allowed to read key: a\n  b\\xff\n");
  });
});

describe("moonkeep policy test", () => {
  const good = `groups: [app:developers]
tests:
  - {actor: alice, action: store.key.get, resource: app:cache, attributes: {key: a}, expect: allow}
`;
  const bad = `${good}  - name: nobody lists
    actor: alice
    action: store.key.list
    resource: app:cache
    expect: deny
`;
  const run = (text: string, ...more: string[]) =>
    moonkeep(["policy", "test", `${folder({ "access.test.yaml": text })}/access.test.yaml`, ...more]);

  it("counts what was checked", async () => {
    expect(await run(good)).toEqual({ code: 0, out: "1 expectation: 1 passed, 0 failed\n", err: "" });
  });

  it("explains what failed, and ends with 1", async () => {
    const { code, out } = await run(bad);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^failed: nobody lists \(.*access\.test\.yaml:4:5\): expected deny\n {2}allowed: app:use_stores allows it\n/,
    );
    expect(out).toMatch(/\n2 expectations: 1 passed, 1 failed\n$/);
  });

  it("gives the same as data with --json", async () => {
    const { code, out } = await run(bad, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      passed: 1,
      failed: 1,
      tests: [{ passed: true }, { name: "nobody lists" }],
    });
  });

  it("without a file asks for one, and names access.test.yaml where it is", async () => {
    const asked = async (files: Record<string, string>) =>
      (await moonkeep(["policy", "test"], { cwd: folder(files) })).err;
    expect(await asked({})).toBe("error: which file? Give a YAML file with expectations, such as access.test.yaml\n");
    expect(await asked({ "access.test.yaml": good })).toBe(
      "error: which file? There is an access.test.yaml here: moonkeep policy test access.test.yaml\n",
    );
  });

  it("a file that is wrong ends with 2, and every problem with its place", async () => {
    const { code, err } = await run("tests:\n  - {action: x, resource: y}\n  - {acttion: x}\n");
    expect(code).toBe(2);
    expect(err).toContain('access.test.yaml:2:5: tests[0]: the field "expect" is missing');
    expect(err).toContain('tests[1].acttion: unknown field "acttion"; did you mean "action"?');
  });
});
