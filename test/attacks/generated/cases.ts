/** Calls with adversarial arguments, by a seed: which function, with what, and on which way the script comes in. */
import { random } from "../../fuzz/program.ts";
import { adversarial, plausible } from "./arguments.ts";
import type { Target } from "./targets.ts";

/** How the code comes in: as a script, as a function of the registry, as a plugin's hook; each also after a wait. */
export const ways = ["run", "call", "hook", "run after a wait", "call after a wait", "hook after a wait"] as const;

export interface Case {
  readonly name: string;
  readonly way: (typeof ways)[number];
  readonly isolation: "shared" | "worker";
  readonly code: string;
}

/** What was wrong with a call is a text; `fine` when nothing was. What a call answers leaves the script half the time. */
const judged = (call: string) => `
local function wrong(e)
  if errors.is(e, errors.INTERNAL) then return "INTERNAL: " .. e:message() end
  if type(e) == "string" and #e < 100000 then return e:sub(1, 500) end
  return "fine"
end
local ok, a, b = pcall(function() ${call} end)
if not ok then return wrong(a) end
if a == nil then return wrong(b) end
return "fine"`;

interface Argument {
  readonly name: string;
  readonly lua: string;
}

const listOf = (table: Readonly<Record<string, string>>): Argument[] =>
  Object.entries(table).map(([name, lua]) => ({ name, lua }));
const bad = listOf(adversarial);
const good = listOf(plausible);

/** Of each function, each adversarial argument in each of the first places, beside plausible and other adversarial ones. */
export function casesFor(targets: readonly Target[], seed: number): Case[] {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const cases: Case[] = [];
  for (const target of targets) {
    const { arity, self, fields } = target;
    const places = Math.max(1, Math.min(arity, 3)) + (self === undefined ? 0 : 1);
    for (const argument of bad) {
      for (let place = 0; place < places; place++) {
        const own = self === undefined ? [] : [{ name: "itself", lua: "self" }];
        const others = Array.from({ length: Math.max(1, Math.min(arity, 4)) }, () => pick(next() < 0.75 ? good : bad));
        const args: Argument[] = [...own, ...others];
        const inOption = fields.length > 0 && next() < 0.25;
        args[self !== undefined && place === places - 1 ? 0 : place + own.length] = inOption
          ? inside(pick(fields), argument)
          : argument;
        const leaves = next() < 0.5;
        cases.push({
          name: `${target.name}(${args.map(({ name }) => name).join(", ")})`,
          way: pick(ways),
          isolation: next() < 0.6 ? "shared" : "worker",
          code: codeOf(target, args, leaves, Math.ceil(next() ** 3 * 50)),
        });
      }
    }
  }
  for (let i = cases.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [cases[i], cases[j]] = [cases[j]!, cases[i]!];
  }
  return cases;
}

const inside = (field: string, { name, lua }: Argument): Argument => ({
  name: `{${field} = ${name}}`,
  lua: `{["${field}"] = ${lua}}`,
});

/** @param times how often it is called with the same */
function codeOf({ f, self }: Target, args: readonly Argument[], leaves: boolean, times: number): string {
  const locals = args.map((_, i) => `x${i}`).join(", ");
  const values = args.map(({ lua }) => lua).join(", ");
  const setup = `${self === undefined ? "" : `local self = ${self} `}local f, ${locals} = ${f}, ${values}`;
  const call = `${setup} for i = 2, ${times} do pcall(f, ${locals}) end return f(${locals})`;
  return leaves ? call : judged(call);
}
