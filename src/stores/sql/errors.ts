/** Every sentence that is said of tables. */

/** What another program has put where values are: a text, a number, or nothing. */
export const notBytes = "it is not bytes";

export const notAnIdentifier = (name: string): string => `not an identifier: ${name}`;
