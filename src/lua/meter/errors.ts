/** Every sentence that is said of what is measured. */

export const noTooLongString = "no string is too long";
