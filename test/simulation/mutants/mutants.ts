/** All planted bugs. A new promise gets its check in the simulation, and a bug here that breaks it. */
import { CERTIFICATE_MUTANTS } from "./certificate-mutants.ts";
import { CONSENSUS_MUTANTS } from "./consensus-mutants.ts";
import { MEMBERSHIP_MUTANTS } from "./membership-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { NODE_MUTANTS } from "./node-mutants.ts";
import { STORAGE_MUTANTS } from "./storage-mutants.ts";

/** In the order of the table in `consensus/README.md`. */
export const MUTANTS: readonly Mutant[] = [
  ...CONSENSUS_MUTANTS,
  ...CERTIFICATE_MUTANTS,
  ...STORAGE_MUTANTS,
  ...NODE_MUTANTS,
  ...MEMBERSHIP_MUTANTS,
];
