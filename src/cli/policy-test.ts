import { existsSync } from "node:fs";
import type { Authorities } from "../host/authorities.ts";
import { checkExpectations, type Expectation } from "../host/expectations.ts";
import { RegistryError } from "../registry/errors.ts";
import type { Registry } from "../registry/registry.ts";
import { whichExpectations } from "./errors.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { count, Output, oneLine, type Styles, stylesOf } from "./output.ts";
import { openPolicies } from "./policies.ts";
import { describeExplanation } from "./policy-explain.ts";

export interface TestFlags {
  readonly registry?: string;
  readonly json?: boolean;
}

/** What `moonkeep init` calls such a file. */
const USUAL = "access.test.yaml";

/** Checks the expectations of every file. What fails is explained; exit code 1 when something does. */
export async function policyTest(files: readonly string[], { registry: path, json }: TestFlags): Promise<ExitCode> {
  if (files.length === 0) throw whichExpectations(existsSync(USUAL));
  const { registry, authorities } = openPolicies(path);
  const all = files.flatMap((file) => expectationsOf(file, registry, authorities));
  const failed = all.filter(({ passed }) => !passed);
  const out = new Output(1, false);
  if (json === true) {
    out.json({ passed: all.length - failed.length, failed: failed.length, tests: all }, 2);
  } else {
    const styles = await stylesOf(1);
    for (const one of failed) out.line(`${describeFailure(one, styles)}\n`);
    out.line(`${count(all.length, "expectation")}: ${all.length - failed.length} passed, ${failed.length} failed`);
  }
  out.flush();
  return failed.length === 0 ? exit.done : exit.failed;
}

/** A file of expectations that is wrong is the user's mistake, not the registry's. */
function expectationsOf(file: string, registry: Registry, authorities: Authorities): readonly Expectation[] {
  try {
    return checkExpectations(file, { registry, authorities, env: process.env });
  } catch (e) {
    throw e instanceof RegistryError ? new UsageError(e.message) : e;
  }
}

function describeFailure({ name, place, expected, by, explanation }: Expectation, styles: Styles): string {
  const wanted = `${expected}${by === undefined ? "" : ` by ${by}`}`;
  const details = describeExplanation(explanation, styles).replace(/^(?=.)/gm, "  ");
  return `${styles.bad("failed")}: ${oneLine(name)} (${oneLine(place)}): expected ${oneLine(wanted)}\n${details}`;
}
