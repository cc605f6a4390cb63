/**
 * What does a decision cost, among few policies and among many?
 *
 *   npm run build && node bench/decisions.mjs
 *
 * The same rules three times: each policy allows one action on one store, for one team, for keys that begin alike. One of
 * them applies; the others are about other stores. "Kept" is a question that was asked before, as by a handle that
 * reads key after key; "fresh" is one that was not. Read the ratios, which are of this run; the fastest of its rounds counts.
 */
import { setFlagsFromString } from "node:v8";
import { makeActor, makeAttributes } from "../dist/security/actor.js";
import { compilePolicy } from "../dist/security/policy.js";
import { Scope } from "../dist/security/scope.js";
import { peer } from "./peers.mjs";

// V8 11.3, which is in Node 20, ends the process when hot code that it inlined a call into WebAssembly in is deoptimized.
setFlagsFromString("--no-turbo-inline-js-wasm-calls");
const cedar = await import("@cedar-policy/cedar-wasm/nodejs");
const casbin = await peer("casbin");

const ROUNDS = 5;
const MILLISECONDS = 150;
const action = "store.key.get";
const key = "user:1";

function moonkeep(n) {
  const conditions = [
    { field: "actor.meta.team", operator: "eq", value: "core" },
    { field: "meta.key", operator: "matches", value: "^user:" },
  ];
  const scope = new Scope(
    Array.from({ length: n }, (_, i) =>
      compilePolicy({ id: `app:p${i}`, actions: [action], resources: [`app:s${i}`], effect: "allow", conditions }),
    ),
  );
  const resource = `app:s${n >> 1}`;
  const actor = makeActor("alice", { team: "core" });
  const attributes = makeAttributes({ key });
  const decider = scope.decider(actor, action, resource);
  // An actor that the scope has not seen has no answers kept for it.
  const fresh = () => scope.decider(Object.freeze({ ...actor }), action, resource).allows(attributes);
  return {
    "moonkeep, kept, by a handle": () => decider.allowsKey(key),
    "moonkeep, kept": () => scope.decider(actor, action, resource).allows(attributes),
    "moonkeep, fresh": fresh,
  };
}

async function casbins(n) {
  const model = casbin.newModelFromString(`
[request_definition]
r = team, act, res, key
[policy_definition]
p = team, act, res, key
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.res == p.res && r.act == p.act && r.team == p.team && keyMatch(r.key, p.key)
`);
  const rules = Array.from({ length: n }, (_, i) => `p, core, ${action}, app:s${i}, user:*`).join("\n");
  const plain = await casbin.newEnforcer(model, new casbin.StringAdapter(rules));
  const cached = await casbin.newCachedEnforcer(model, new casbin.StringAdapter(rules));
  const resource = `app:s${n >> 1}`;
  await cached.enforce("core", action, resource, key);
  return {
    "casbin, kept": { later: () => cached.enforce("core", action, resource, key) },
    "casbin, fresh": () => plain.enforceSync("core", action, resource, key),
  };
}

function cedars(n) {
  const staticPolicies = Object.fromEntries(
    Array.from({ length: n }, (_, i) => [
      `p${i}`,
      `permit(principal, action == Action::"${action}", resource == Store::"app:s${i}")
       when { principal.team == "core" && context.key like "user:*" };`,
    ]),
  );
  const parsed = cedar.preparsePolicySet(`bench${n}`, { staticPolicies });
  if (parsed.type !== "success") throw new Error(JSON.stringify(parsed));
  const principal = { type: "User", id: "alice" };
  const call = {
    principal,
    action: { type: "Action", id: action },
    resource: { type: "Store", id: `app:s${n >> 1}` },
    context: { key },
    preparsedPolicySetId: `bench${n}`,
    entities: [{ uid: principal, attrs: { team: "core" }, parents: [] }],
  };
  return { "cedar, parsed before": () => cedar.statefulIsAuthorized(call).response.decision === "allow" };
}

/** Nanoseconds a call. */
async function measure(ask) {
  const later = typeof ask !== "function";
  const run = later ? ask.later : ask;
  if ((await run()) !== true) throw new Error("the answer is wrong");
  let calls = 1;
  for (;;) {
    const started = performance.now();
    if (later) for (let i = 0; i < calls; i++) await run();
    else for (let i = 0; i < calls; i++) run();
    const took = performance.now() - started;
    if (took >= MILLISECONDS) return (took * 1e6) / calls;
    calls = Math.max(calls * 2, Math.ceil((calls * MILLISECONDS * 1.2) / Math.max(took, 0.01)));
    calls = Math.min(calls, 1e8);
  }
}

const sizes = [1, 100, 10_000];
const results = new Map();
for (const n of sizes) {
  const cases = { ...moonkeep(n), ...(await casbins(n)), ...cedars(n) };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, ask] of Object.entries(cases)) {
      const time = await measure(ask);
      const row = results.get(name) ?? new Map();
      row.set(n, Math.min(row.get(n) ?? Number.POSITIVE_INFINITY, time));
      results.set(name, row);
    }
  }
}

const format = (ns) =>
  ns < 1000 ? `${ns.toFixed(0)} ns` : ns < 1e6 ? `${(ns / 1000).toFixed(1)} µs` : `${(ns / 1e6).toFixed(1)} ms`;
console.log(`${"".padEnd(30)}${sizes.map((n) => `${n} policies`.padStart(18)).join("")}`);
for (const [name, row] of results) {
  console.log(`${name.padEnd(30)}${sizes.map((n) => format(row.get(n)).padStart(18)).join("")}`);
}
console.log();
for (const [ours, theirs] of [
  ["moonkeep, kept", "casbin, kept"],
  ["moonkeep, fresh", "casbin, fresh"],
  ["moonkeep, fresh", "cedar, parsed before"],
]) {
  const ratio = (n) => `${(results.get(theirs).get(n) / results.get(ours).get(n)).toFixed(1)} times`;
  console.log(`${theirs} / ${ours}: ${sizes.map(ratio).join(", ")}`);
}
