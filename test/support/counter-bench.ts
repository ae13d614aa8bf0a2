/** A shop's counter for tests: its shop and wallet are those of `LedgerWorld`, its ledger is a `LedgerServer`. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { SoftwareCardState } from "../../client/card/software-card-state.ts";
import { LedgerClient } from "../../client/sdk/ledger-client.ts";
import type { CounterParts, CustomerSide } from "../../client/terminal/counter.ts";
import { Journal } from "../../client/terminal/journal.ts";
import type { Screen } from "../../client/terminal/screens.ts";
import { TerminalKey } from "../../client/terminal/terminal-key.ts";
import { aborted } from "../../client/terminal/waiting.ts";
import { utf8 } from "../../ledger/bytes.ts";
import { CARD_SALT, LedgerWorld, type Party, TOSHIMA, WALLET_HANDLE } from "./ledger-world.ts";
import { Power, PowerDisk } from "./power.ts";
import { newAuthority, Resident } from "./resident.ts";

/** What the customer does when asked, one after the other. */
export type CustomerAct = { readonly pin: string } | { readonly again: boolean } | "waits";

/** A world whose card is a software card and whose terminal has a key of its own. */
export class CounterBench {
  readonly world: LedgerWorld;
  readonly cardState: SoftwareCardState;
  readonly key: TerminalKey;

  private constructor(cardState: SoftwareCardState, key: TerminalKey) {
    this.cardState = cardState;
    this.key = key;
    this.world = new LedgerWorld({ card: partyOf(cardState), terminal: terminalOf(key) });
  }

  /** Makes keys and certificate: once for each test file. */
  static async make(): Promise<CounterBench> {
    const resident = await Resident.of((await newAuthority()).ca);
    return new CounterBench(resident.card.state, await TerminalKey.generate());
  }

  /** A counter at a node, where the customer does these things. */
  counter(url: string, parts: Partial<CounterParts>): CounterParts {
    return {
      shop: { nameJa: "郷土資料館", nameEn: "City Museum" },
      till: {
        merchant: "museum",
        terminal: "museum-1",
        key: this.key,
        walletOf: () => ({
          municipality: TOSHIMA,
          handle: WALLET_HANDLE,
          cardSalt: CARD_SALT,
        }),
      },
      genesis: this.world.genesis,
      nodes: [new LedgerClient(url, { requestTimeoutMs: 2000 })],
      openPlace: () => Promise.reject(new Error("no place was given")),
      journal: new Journal("terminal/journal", this.world.networkId, new PowerDisk(new Power())),
      customer: new ScriptedCustomer([]),
      clerk: new SilentClerk(),
      ...parts,
    };
  }
}

/** A customer who does one thing after the other, and whose screen is kept. */
export class ScriptedCustomer implements CustomerSide {
  readonly screens: Screen[] = [];
  /** What was shown as a QR code. */
  readonly codes: string[] = [];
  /** Every PIN that was handed over: afterwards it is wiped. */
  readonly pins: Uint8Array[] = [];
  readonly #acts: CustomerAct[];
  #isAsked = () => {};
  /** Resolves when the customer is asked and only waits. */
  readonly waiting: Promise<void>;

  constructor(acts: readonly CustomerAct[]) {
    this.#acts = [...acts];
    this.waiting = new Promise((resolve) => {
      this.#isAsked = resolve;
    });
  }

  show(screen: Screen, code?: string): void {
    this.screens.push(screen);
    if (code !== undefined) this.codes.push(code);
  }

  rest(): void {}

  async enterPin(signal: AbortSignal): Promise<Uint8Array> {
    const act = await this.#act(signal);
    const pin = utf8("pin" in act ? act.pin : "");
    this.pins.push(pin);
    return pin;
  }

  async wantsAnotherTry(signal: AbortSignal): Promise<boolean> {
    const act = await this.#act(signal);
    return "again" in act && act.again;
  }

  async #act(signal: AbortSignal): Promise<Exclude<CustomerAct, "waits">> {
    const act = this.#acts.shift();
    if (act === undefined) throw new Error("the customer is asked too often");
    if (act !== "waits") return act;
    this.#isAsked();
    await aborted(signal);
    return { pin: "" };
  }
}

/** A clerk's screen that is kept. */
export class SilentClerk {
  readonly screens: Screen[] = [];
  /** Codes that the clerk was told of. */
  readonly problems: string[] = [];

  show(screen: Screen): void {
    this.screens.push(screen);
  }

  problem({ code }: { readonly code: string }): void {
    this.problems.push(code);
  }
}

function partyOf({ auth }: SoftwareCardState): Party {
  const privateKey = createPrivateKey(auth.privateKeyPem);
  const der = createPublicKey(privateKey).export({ format: "der", type: "pkcs1" });
  return {
    kind: "card",
    algorithm: "jpki-rsa2048-sha256",
    publicKey: new Uint8Array(der),
    sign: (message) => new Uint8Array(sign("sha256", message, privateKey)),
  };
}

function terminalOf(key: TerminalKey): Party {
  return {
    kind: "terminal",
    algorithm: key.algorithm,
    publicKey: key.publicKey,
    sign: (message) => key.authorise(message).signature,
  };
}
