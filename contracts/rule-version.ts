/** The latest version of the rules that this program knows. */
export const RULE_VERSION = 1;
