/** Parameters of functions that scripts call, each with a name: `param.text("to")`. */
export { boolean, bytes, data, integer, number, optional, rest, text } from "./lua/boundary/arg.ts";
