import type { Wording } from "../../contracts/declaration.ts";

/** Something in a scenario that cannot be meant: where it stands and what is wrong with it. */
export class Misreading extends Error {
  override readonly name = "Misreading";
  /** From the start of the text, in code units. */
  readonly offset: number;
  readonly problem: Wording;

  constructor(offset: number, ja: string, en: string) {
    super(en);
    this.offset = offset;
    this.problem = { ja, en };
  }
}
