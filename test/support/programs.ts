/** Servers' programs on this machine. */
import { execFileSync } from "node:child_process";

export function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
