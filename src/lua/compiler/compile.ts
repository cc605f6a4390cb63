/**
 * The compiler: from a function's bytecode to the text of a JavaScript function, and what it refers to. It knows
 * nothing of states, and what it makes serves all of them.
 */
import type { LuaClosure, LuaState, Proto } from "../vm/types.ts";
import { capturedRegisters, type Instruction } from "./code.ts";
import { Emitter, type Profile } from "./emitter.ts";
import { type Extent, Flow } from "./flow.ts";
import { Liveness } from "./liveness.ts";
import { Structure } from "./structure.ts";
import { ANY, Inference, T_NIL, type Types } from "./types.ts";

/**
 * A compiled function. @param pci the caller's frame @param d slots of the JavaScript stack that are taken
 * @returns the value of the first result; the rest is in R
 */
export type Compiled = (L: LuaState, pci: unknown, d: number, cl: LuaClosure, ...tagsAndValues: unknown[]) => unknown;

export interface Text {
  readonly text: string;
  readonly bound: ReadonlyMap<string, unknown>;
}

export interface LoopText extends Text {
  /** The registers that it takes over, but for those that are cells. */
  readonly live: readonly number[];
}

/** Where the middle of a function is entered that runs in the interpreter. */
export interface LoopEntry {
  readonly pc: number;
  /** What the registers hold, as far as it may be relied on. */
  readonly types: readonly Types[];
}

/** The parts of a loop's code that are compiled when the function as a whole is too large, or can't be. */
export function extentOf(code: readonly Instruction[], header: number): Extent {
  let to = header;
  code.forEach(({ sBx }, pc) => {
    if (pc >= header && pc + 1 + sBx === header && sBx < 0) to = pc;
  });
  return { from: header, to };
}

const codeOf = (p: Proto) => p.code as readonly Instruction[];

/** @throws Unsupported */
export function compileFunction(p: Proto, profile: Profile): Text {
  const flow = new Flow(codeOf(p), 0);
  const live = new Liveness(codeOf(p), flow);
  const start = Array.from({ length: p.maxstacksize }, (_, r) => (r < p.numparams ? ANY : T_NIL));
  const e = emitter(p, flow, live, start, profile, false);
  new Structure(flow, e).write();
  const parameters = Array.from({ length: p.numparams }, (_, r) => `t${r}=0,v${r}=null`);
  const given = Array.from({ length: p.numparams }, (_, r) => `t${r},v${r}`);
  if (p.is_vararg) {
    parameters.push("...va");
    given.push("...va");
  }
  const head =
    `let ci=pci.next;if(ci===null||d>DEEPEST)return enter(L,pci,d,cl,[${given.join(",")}]);` +
    `ci.cl=cl;${p.is_vararg ? "ci.va=va;" : ""}const G=L.l_G;${declarations(e)}`;
  return finish(e, `function lua_${p.linedefined}(${["L,pci,d,cl", ...parameters].join(",")})`, head);
}

/** @param alone whether what follows the loop is left to the interpreter @throws Unsupported */
export function compileLoop(p: Proto, { pc, types }: LoopEntry, alone: boolean, profile: Profile): LoopText {
  const live = new Liveness(codeOf(p), new Flow(codeOf(p), 0));
  const flow = new Flow(codeOf(p), pc, alone ? extentOf(codeOf(p), pc) : undefined);
  const start = types.map((type, r) => (live.at(pc).has(r) ? type : T_NIL));
  const e = emitter(p, flow, live, start, profile, true);
  new Structure(flow, e).write();
  const text = finish(e, `function lua_${p.linedefined}_${pc}(L,ci,d,cl)`, `const G=L.l_G;${entrance(e, pc)}`);
  return { ...text, live: [...live.at(pc)].filter((r) => !e.captured.has(r)) };
}

function emitter(p: Proto, flow: Flow, live: Liveness, start: Types[], profile: Profile, isLoop: boolean): Emitter {
  const types = new Inference(p as never, flow, capturedRegisters(p as never), profile.generic, start);
  return new Emitter(p, live, types, profile, isLoop);
}

function finish(e: Emitter, name: string, head: string): Text {
  const temporaries = Array.from({ length: e.temporaries }, (_, i) => `x${i}`);
  const variables = ["x=0", ...temporaries, ...(e.usesOpen ? ["open"] : [])];
  const upvalues = [...e.upvalues].map((n) => `const u${n}=cl.upvals[${n}];`).join("");
  return { text: `${name}{\n${head}let ${variables.join(",")};${upvalues}\n${e.text()}\n}`, bound: e.bound };
}

/** Registers that are variables. */
const locals = (e: Emitter): number[] =>
  Array.from({ length: e.p.maxstacksize }, (_, r) => r).filter((r) => !e.captured.has(r));

function declarations(e: Emitter): string {
  const { numparams } = e.p;
  const own = locals(e).filter((r) => r >= numparams);
  let text = own.length > 0 ? `let ${own.map((r) => `t${r}=0,v${r}=null`).join(",")};` : "";
  for (const r of e.captured) text += `let c${r}=new Cell(${r < numparams ? `t${r},v${r}` : "0,null"});`;
  return text;
}

function entrance(e: Emitter, pc: number): string {
  const live = e.live.at(pc);
  let text = "const S=L.stack,base=ci.l_base;";
  for (const r of locals(e)) {
    text += live.has(r) ? `let t${r}=S[base+${r}].type,v${r}=S[base+${r}].value;` : `let t${r}=0,v${r}=null;`;
    text += `forget(S[base+${r}]);`;
  }
  for (const r of e.captured) text += `let c${r}=takeCell(S,base+${r});`;
  return e.usesVarargs ? `${text}const va=varargsOf(L,ci);` : text;
}
