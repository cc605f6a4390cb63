/** The part of luaparse that is used. */
declare module "luaparse" {
  export interface ParseOptions {
    readonly luaVersion: "5.3";
    readonly locations: true;
    readonly ranges: true;
    readonly comments: true;
    readonly encodingMode: "pseudo-latin1";
  }
  interface Luaparse {
    parse(source: string, options: ParseOptions): unknown;
  }
  const luaparse: Luaparse;
  export default luaparse;
}
