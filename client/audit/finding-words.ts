/** What evidence shows, in plain words. */
import type { EvidenceKind } from "../../ledger/evidence.ts";
import { type Genesis, genesisMembership } from "../../ledger/genesis.ts";
import { memberOf } from "../../ledger/membership.ts";
import type { Finding } from "../../ledger/verify-evidence.ts";

/** A sentence in two languages. */
export interface Words {
  readonly en: string;
  readonly ja: string;
}

/** Who did it and where, for the sentences below. */
interface Facts {
  readonly who: Words;
  readonly term: number;
  readonly height: number;
}

const SENTENCES: Readonly<Record<EvidenceKind, (facts: Facts) => Words>> = {
  "double-grant": ({ who, term }) => ({
    en: `${who.en} elected two candidates in term ${term}`,
    ja: `${who.ja}は任期 ${term} に二つの候補へ投票しました`,
  }),
  "double-vote": ({ who, term, height }) => ({
    en: `${who.en} signed votes for two different blocks at height ${height} in term ${term}`,
    ja: `${who.ja}は任期 ${term} に高さ ${height} の異なる二つのブロックへ署名しました`,
  }),
  "double-proposal": ({ who, term, height }) => ({
    en: `${who.en} led term ${term} and signed two chains in it, up to height ${height}`,
    ja: `${who.ja}は任期 ${term} のリーダーとして高さ ${height} までに二つの分岐した台帳へ署名しました`,
  }),
  "stale-grant": ({ who, term, height }) => ({
    en: `${who.en} had voted for block ${height}, and in term ${term} elected a candidate who lacks it`,
    ja: `${who.ja}は高さ ${height} のブロックへ署名した後、任期 ${term} にそれを持たない候補へ投票しました`,
  }),
  "false-candidacy": ({ who, term, height }) => ({
    en: `${who.en} was elected in term ${term} on one log and built block ${height} on another`,
    ja: `${who.ja}は任期 ${term} に立候補時と異なる台帳の上に高さ ${height} のブロックを作りました`,
  }),
  "conflicting-certificates": ({ term, height }) => ({
    en: `Two blocks that exclude each other are certified (the later: height ${height}, term ${term})`,
    ja: `両立しない二つのブロックがともに確定の証明を持っています（後のもの：高さ ${height}、任期 ${term}）`,
  }),
};

/** The sentence of a finding, with the names that the genesis gives. */
export function findingWords(finding: Finding, genesis: Genesis): Words {
  const { kind, culprits, term, height } = finding;
  const named = culprits.map((number) => memberName(number, genesis));
  const who = {
    en: named.map(({ en }) => en).join(" and "),
    ja: named.map(({ ja }) => ja).join("と"),
  };
  return SENTENCES[kind]({ who, term, height });
}

function memberName(number: number, genesis: Genesis): Words {
  const member = memberOf(genesisMembership(genesis), number);
  const organisation = genesis.organisations.find(({ id }) => id === member?.organisation);
  return {
    en: `Node ${number} (${organisation?.nameEn ?? "unknown"})`,
    ja: `ノード ${number}（${organisation?.nameJa ?? "不明"}）`,
  };
}

/** Everybody whom findings name, ascending. */
export function culpritsOf(findings: readonly Finding[]): number[] {
  return [...new Set(findings.flatMap(({ culprits }) => culprits))].sort((a, b) => a - b);
}
