/** `moonkeep schema`: the JSON Schema of registry files, for editors. */
import { registrySchema } from "../host/registry-schema.ts";
import { type ExitCode, exit } from "./exit.ts";
import { Output } from "./output.ts";

export function schema(): ExitCode {
  const out = new Output(1, false);
  out.line(JSON.stringify(registrySchema(), null, 2));
  out.flush();
  return exit.done;
}
