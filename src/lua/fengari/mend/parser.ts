import { allocate, work } from "../../meter/meter.ts";
import type { Edit } from "../private-copy.ts";

/** What an instruction takes in memory, with its line (measure.ts). */
const INSTRUCTION = 140;

/**
 * The compiler takes time and memory that depend on more than the length of its source: a chain of `and`, `elseif` or
 * `goto` is gone through from its beginning for each link. So its steps are counted as the VM's instructions are, and
 * the code that it makes when it is made. Whoever pays is asked by meter.ts: a chunk may be compiled in another state
 * than the one that it is for.
 */
export const mendCompiler: readonly Edit[] = [
  {
    find: "    f.code[fs.pc] = i;",
    put: "    f.code[fs.pc] = i; countCode();",
  },
  {
    find: "const getjump = function(fs, pc) {",
    put: "const getjump = function(fs, pc) { countStep();",
  },
];

export const mendParser: readonly Edit[] = [
  {
    find: "    for (let i = g; i < gl.n - 1; i++)\n        gl.arr[i] = gl.arr[i + 1];",
    put: "    for (let i = g; i < gl.n - 1; i++) { countStep();\n        gl.arr[i] = gl.arr[i + 1]; }",
  },
  {
    find: "    for (let i = bl.firstlabel; i < dyd.label.n; i++) {",
    put: "    for (let i = bl.firstlabel; i < dyd.label.n; i++) { countStep();",
  },
  {
    find: "    while (i < gl.n) {\n        if (eqstr(gl.arr[i].name, lb.name))",
    put: "    while (i < gl.n) { countStep();\n        if (eqstr(gl.arr[i].name, lb.name))",
  },
  {
    find: "    while (i < gl.n) {\n        let gt = gl.arr[i];",
    put: "    while (i < gl.n) { countStep();\n        let gt = gl.arr[i];",
  },
  {
    find: "    for (let i = fs.bl.firstlabel; i < ll.n; i++) {",
    put: "    for (let i = fs.bl.firstlabel; i < ll.n; i++) { countStep();",
  },
];

/** One step of the compiler through a list of its own. @throws Stopped */
export const countStep = (): void => work(1);

/** An instruction is made. @throws Stopped */
export function countCode(): void {
  allocate(INSTRUCTION);
  work(1);
}
