/**
 * The names in a scenario. Whoever writes one calls a shop by its name; the ledger knows it by a short id. A name
 * is defined once and before it is used, so that a slip of the pen is found before anything is run.
 */
import type { Wording } from "../../contracts/declaration.ts";
import { Misreading } from "./misreading.ts";

/** What can have a name. */
export const NAME_KINDS = {
  organisation: { ja: "団体", en: "organisation" },
  resident: { ja: "住民", en: "resident" },
  points: { ja: "ポイント", en: "point type" },
  shop: { ja: "店", en: "shop" },
  campaign: { ja: "キャンペーン", en: "campaign" },
  series: { ja: "券種", en: "voucher series" },
  voucher: { ja: "券", en: "voucher" },
  project: { ja: "プロジェクト", en: "project" },
  facility: { ja: "施設", en: "facility" },
  service: { ja: "サービス", en: "service" },
  fee: { ja: "料金", en: "fee" },
  batch: { ja: "精算", en: "settlement batch" },
  clearing: { ja: "清算", en: "clearing" },
  step: { ja: "手順", en: "step" },
} as const satisfies Record<string, Wording>;
/** What can have a name. */
export type NameKind = keyof typeof NAME_KINDS;

/** Something that has a name. */
export interface Named {
  readonly name: string;
  /** What the ledger calls it; no other thing of the scenario has the same. */
  readonly id: string;
}

/** What has been defined so far. */
export class Names {
  readonly #known = new Map<NameKind, Map<string, Named>>();

  /**
   * Defines a name. @param id left out: made of kind and count, `shop-2`.
   * @throws Misreading when it is defined already.
   */
  define(kind: NameKind, name: string, offset: number, id?: string): Named {
    const known = this.#of(kind);
    if (known.has(name)) {
      const { ja, en } = NAME_KINDS[kind];
      const problemJa = `${ja}「${name}」は二度定義されています`;
      throw new Misreading(offset, problemJa, `the ${en} "${name}" is defined twice`);
    }
    const named = { name, id: id ?? `${kind}-${known.size + 1}` };
    known.set(name, named);
    return named;
  }

  /** What has that name. @throws Misreading when nothing has. */
  find(kind: NameKind, name: string, offset: number): Named {
    const known = this.#of(kind);
    const named = known.get(name);
    if (named !== undefined) return named;
    const { ja, en } = NAME_KINDS[kind];
    const others = [...known.keys()].join(", ");
    throw new Misreading(
      offset,
      `${ja}「${name}」は定義されていません（定義済み: ${others === "" ? "なし" : others}）`,
      `no ${en} "${name}" is defined (there are: ${others === "" ? "none" : others})`,
    );
  }

  /** Everything of a kind, in the order of definition. */
  all(kind: NameKind): readonly Named[] {
    return [...this.#of(kind).values()];
  }

  /** The name of what the ledger calls by an id; the id itself where the scenario has no name for it. */
  nameOf(id: string): string {
    for (const known of this.#known.values()) {
      for (const named of known.values()) if (named.id === id) return named.name;
    }
    return id;
  }

  #of(kind: NameKind): Map<string, Named> {
    const known = this.#known.get(kind) ?? new Map<string, Named>();
    this.#known.set(kind, known);
    return known;
  }
}
