/** Every sentence that is said of what an entry has, where the fields by themselves are right. */

export const databaseNotNamed = "a database needs either url, or host and username";

export const usernameMissing = "with host, a database needs username too";

export const saidInUrl = "the url already contains this; leave one of them out";

export const urlWithoutUser = "expected postgres://user:password@host:port/database, got a URL without a user";

export const zeroByteInName = "the name of a file can't contain a zero byte";

export const badVariableName = "the name of a variable can only have letters, digits and _";

export const badServerUrl = (protocol: string, problem: string): string =>
  `expected ${protocol}://user:password@host:port/database, ${problem}`;

export const badSqlName = (name: string): string =>
  `expected a name of letters, digits and "_", at most 63 of them and no digit in front, got ${name}`;

export const reservedSqlName = (name: string): string => `names like ${name} are reserved for the database itself`;

export const columnUsedTwice = (field: string): string => `${field} uses the same column; give another one`;

/** What is wrong with the URL of a server, without showing it: it may hold a password. */
export const urlProblems = {
  notAUrl: "got something that is not a URL",
  wrongScheme: (known: readonly string[]): string =>
    `got a URL with another scheme (the known ones are ${known.join(", ")})`,
  noHost: "got a URL without a host",
  moreBehind: "got a URL with a query or a fragment",
  percentSign: 'got a user or password with a "%", which must be written %25',
  wrongPath: "got a URL with another path",
} as const;
