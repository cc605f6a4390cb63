/** Every sentence that is said of limits. */

export const noEndOf = (what: string): string => `no end was given for ${what}`;
