/**
 * PostgreSQL with an application before it: the card's signature is checked, then the same transfer runs as one
 * function in one transaction of its own, answered after commit (`synchronous_commit=on`). Alone, or with two
 * standbys of which one must have flushed it.
 */
import { readdirSync } from "node:fs";
import postgres from "postgres";
import { paymentSchema } from "../../contracts/spending/payment.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";
import type { Payers } from "../payers.ts";
import { cpuTimeOf, treeOf } from "../process-usage.ts";
import type { Answered, Submission } from "../submission.ts";
import { type Peer, PeerMissing } from "./peer.ts";
import {
  end,
  eventually,
  folderOf,
  freePorts,
  pidOf,
  type RunAs,
  run,
  runAs,
  start,
} from "./processes.ts";

const INSTALLATIONS = "/usr/lib/postgresql";
const READY_TIMEOUT_MS = 60_000;
const BALANCE_PT = 1_000_000;

const SCHEMA = `
  CREATE TABLE wallet (handle bytea PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
  CREATE TABLE merchant (name text PRIMARY KEY, balance bigint NOT NULL);
  CREATE TABLE payment (id text PRIMARY KEY, signed bytea NOT NULL);
  CREATE FUNCTION pay(p_id text, p_signed bytea, p_wallet bytea, p_merchant text, p_amount bigint)
  RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    UPDATE wallet SET balance = balance - p_amount WHERE handle = p_wallet;
    IF NOT FOUND THEN RAISE 'no wallet'; END IF;
    UPDATE merchant SET balance = balance + p_amount WHERE name = p_merchant;
    IF NOT FOUND THEN RAISE 'no merchant'; END IF;
    INSERT INTO payment VALUES (p_id, p_signed);
  END $$;`;

/** How it is set up. */
export interface PostgresOptions {
  readonly directory: string;
  readonly standbys: 0 | 2;
  readonly payers: Payers;
}

/** Starts it. @throws PeerMissing */
export async function startPostgres({
  directory,
  standbys,
  payers,
}: PostgresOptions): Promise<Peer> {
  const programs = programsFolder();
  const user = runAs("postgres");
  const ports = await freePorts(1 + standbys);
  const [port] = ports;
  if (port === undefined) throw new RangeError("no port");
  const servers = [startPrimary({ programs, directory, user, port })];
  const stop = async () => {
    // Standbys first, or the primary waits for them. SIGINT is the fast shutdown.
    for (const server of servers.toReversed()) await end(server, "SIGINT");
  };
  try {
    await eventually(READY_TIMEOUT_MS, () => query(port, "SELECT 1"));
    for (const standby of ports.slice(1)) {
      servers.push(startStandby({ programs, directory, user, port }, standby));
    }
    await query(port, SCHEMA);
    await fill(port, payers);
    if (standbys > 0) await demandStandby(port, ports.slice(1));
    return {
      name: standbys === 0 ? "PostgreSQL, alone" : "PostgreSQL, ANY 1 of 2 standbys",
      underWayTried: [16, 32, 64],
      doors: async (underWay) => [new CheckedTransfers(port, underWay)],
      cpuS: () =>
        servers
          .flatMap((server) => treeOf(pidOf(server)))
          .reduce((sum, pid) => sum + cpuTimeOf(pid).totalS, 0),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The application: a pool of connections, each with one transfer under way. */
class CheckedTransfers implements Submission {
  readonly #sql: postgres.Sql;

  constructor(port: number, connections: number) {
    this.#sql = connectTo(port, connections);
  }

  async submit(payment: Uint8Array): Promise<Answered> {
    const transaction = decodeTransaction(payment);
    const [card] = signaturesOf(transaction);
    if (card === undefined || !verifySignature(card)) return { isCommitted: false, status: 400 };
    const { wallet, merchant, amountPt } = paymentSchema.fromCbor(transaction.privateBody);
    const [id, signed] = [transaction.id, Buffer.from(payment)];
    await this.#sql`SELECT pay(${id}, ${signed}, ${Buffer.from(wallet)}, ${merchant}, ${amountPt})`;
    return { isCommitted: true, status: 200 };
  }

  close(): void {
    void this.#sql.end();
  }
}

function connectTo(port: number, connections: number): postgres.Sql {
  return postgres({
    host: "127.0.0.1",
    port,
    user: "bench",
    database: "postgres",
    max: connections,
    onnotice: () => undefined,
  });
}

async function query<T extends object>(port: number, text: string): Promise<readonly T[]> {
  const sql = connectTo(port, 1);
  try {
    return await sql.unsafe<T[]>(text);
  } finally {
    await sql.end();
  }
}

async function fill(port: number, { residents, shops }: Payers): Promise<void> {
  const wallets = residents.map(({ wallet }) => `('\\x${wallet}', ${BALANCE_PT})`);
  const merchants = shops.map(({ merchant }) => `('${merchant}', 0)`);
  await query(port, `INSERT INTO wallet VALUES ${wallets.join()}`);
  await query(port, `INSERT INTO merchant VALUES ${merchants.join()}`);
}

interface Place {
  /** Where initdb and the like are. */
  readonly programs: string;
  readonly directory: string;
  readonly user: RunAs;
  readonly port: number;
}

function startPrimary({ programs, directory, user, port }: Place) {
  const data = folderOf(directory, `postgres-${port}`, user);
  run(`${programs}/initdb`, ["-D", data, "-U", "bench", "-A", "trust", "--no-sync"], user);
  return serve({ programs, user, port, data });
}

function startStandby({ programs, directory, user, port }: Place, ownPort: number) {
  const data = folderOf(directory, `postgres-${ownPort}`, user);
  const primary = `host=127.0.0.1 port=${port} user=bench application_name=s${ownPort}`;
  run(`${programs}/pg_basebackup`, ["-d", primary, "-D", data, "-R", "-X", "stream"], user);
  return serve({ programs, user, port: ownPort, data });
}

function serve(place: Omit<Place, "directory"> & { readonly data: string }) {
  const { programs, user, port, data } = place;
  const settings = [
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${data}`,
    "max_connections=200",
    "fsync=on",
    "synchronous_commit=on",
  ];
  const args = ["-D", data, "-p", `${port}`, ...settings.flatMap((setting) => ["-c", setting])];
  return start(`${programs}/postgres`, args, user);
}

/** From now on a commit is answered when one standby has flushed it. */
async function demandStandby(port: number, standbys: readonly number[]): Promise<void> {
  await eventually(READY_TIMEOUT_MS, async () => {
    const following = await query(port, "SELECT 1 FROM pg_stat_replication");
    if (following.length !== standbys.length) throw new Error("the standbys do not follow");
  });
  const names = standbys.map((standby) => `s${standby}`).join(", ");
  await query(port, `ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (${names})'`);
  await query(port, "SELECT pg_reload_conf()");
  await eventually(READY_TIMEOUT_MS, async () => {
    const others = "SELECT 1 FROM pg_stat_replication WHERE sync_state <> 'quorum'";
    if ((await query(port, others)).length > 0) throw new Error("not synchronous");
  });
}

/** The newest installation, as Debian lays them out. */
function programsFolder(): string {
  try {
    const versions = readdirSync(INSTALLATIONS).map(Number);
    return `${INSTALLATIONS}/${Math.max(...versions)}/bin`;
  } catch (error) {
    throw new PeerMissing("PostgreSQL is not installed (Debian: apt-get install postgresql)", {
      cause: error,
    });
  }
}
