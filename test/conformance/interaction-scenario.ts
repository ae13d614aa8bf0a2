// The scenarios in which nodes interact: one function for each directive of the files. Two are not
// etcd-io/raft's: `read-index`, and the options `commit-barrier` and `votes-tell-commit` of
// `add-nodes`.
import { type ConfChangeTransition, parseChanges } from "../../consensus/conf-change.ts";
import { describeMessage, formatProgress } from "../../consensus/describe.ts";
import { votersOf } from "../../consensus/membership.ts";
import {
  EMPTY_BYTES,
  MESSAGE_TYPES,
  makeMessage,
  type Snapshot,
} from "../../consensus/messages.ts";
import { Environment, type NodeOptions, type ScenarioNode } from "./environment.ts";
import { Output } from "./output.ts";
import {
  type Case,
  DirectiveError,
  firstValueOf,
  numbersOf,
  toNumber,
  valuesOf,
} from "./scenario.ts";
import type { Spelling } from "./spelling.ts";

/** One file's world. */
export class InteractionScenario {
  readonly #environment: Environment;

  constructor(spelling: Spelling) {
    this.#environment = new Environment(spelling);
  }

  /** Carries out one case and answers what it prints. */
  run(testCase: Case): string {
    const { output } = this.#environment;
    const directive = DIRECTIVES[testCase.command];
    try {
      if (directive === undefined) throw new DirectiveError("unknown command");
      directive(this.#environment, testCase);
    } catch (error) {
      if (!(error instanceof DirectiveError)) throw error;
      // Errors are printed whatever the level.
      return output.take() + error.message;
    }
    const text = output.take();
    return text === "" ? "ok" : text;
  }
}

type Directive = (environment: Environment, testCase: Case) => void;

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  "add-nodes": addNodes,
  campaign: (environment, testCase) => firstNode(environment, testCase).raw.campaign(),
  compact,
  "deliver-msgs": deliverMessages,
  "forget-leader": (environment, testCase) => firstNode(environment, testCase).raw.forgetLeader(),
  "log-level": (environment, testCase) => setLevel(environment, testCase.arguments[0]?.key ?? ""),
  "process-append-thread": eachNode("processing append thread", (environment, node) =>
    environment.processAppendThread(node),
  ),
  "process-apply-thread": eachNode("processing apply thread", (environment, node) =>
    environment.processApplyThread(node),
  ),
  "process-ready": eachNode("handling Ready", (environment, node) =>
    environment.processReady(node),
  ),
  propose,
  "propose-conf-change": proposeConfChange,
  "read-index": readIndex,
  "raft-log": (environment, testCase) => environment.printLog(firstNode(environment, testCase)),
  "raft-state": printStates,
  "report-unreachable": reportUnreachable,
  "send-snapshot": sendSnapshot,
  "set-randomized-election-timeout": setElectionTimeout,
  stabilize,
  status: printProgress,
  "tick-election": tick(({ electionTicks }) => electionTicks),
  "tick-heartbeat": tick(({ heartbeatTicks }) => heartbeatTicks),
  "transfer-leadership": transferLeadership,
};

function firstNode(environment: Environment, testCase: Case): ScenarioNode {
  return environment.node(toNumber(testCase.arguments[0]?.key ?? ""));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Does something with each node that the case names; each under a title if there are more. */
function eachNode(
  title: string,
  action: (environment: Environment, node: ScenarioNode) => void,
): Directive {
  return (environment, testCase) => {
    const nodes = numbersOf(testCase).map((id) => environment.node(id));
    for (const node of nodes) {
      if (nodes.length === 1) {
        action(environment, node);
        continue;
      }
      environment.output.write(`> ${node.id} ${title}\n`);
      environment.output.indented(() => action(environment, node));
    }
  };
}

function tick(ticksOf: (options: NodeOptions) => number): Directive {
  return (environment, testCase) => {
    const { raw, options } = firstNode(environment, testCase);
    for (let count = ticksOf(options); count > 0; count -= 1) raw.tick();
  };
}

function addNodes(environment: Environment, testCase: Case): void {
  const snapshot = startSnapshot(testCase);
  const options = nodeOptions(testCase, snapshot);
  const [count = 0] = numbersOf(testCase);
  for (let added = 0; added < count; added += 1) environment.addNode(options, snapshot);
}

function startSnapshot(testCase: Case): Snapshot | null {
  const voters = valuesOf(testCase, "voters").map(toNumber);
  const learners = valuesOf(testCase, "learners").map(toNumber);
  const index = toNumber(firstValueOf(testCase, "index") ?? "0");
  const data = bytesOf(firstValueOf(testCase, "content") ?? "");
  if (voters.length === 0 && learners.length === 0 && index === 0 && data.length === 0) return null;
  if (index <= 1) throw new DirectiveError("index must be specified as > 1 due to bootstrap");
  const confState = { voters, votersOutgoing: [], learners, learnersNext: [], autoLeave: false };
  return { index, term: 1, confState, data };
}

const READ_ONLY_OPTIONS = ["safe", "lease-based"];

function nodeOptions(testCase: Case, snapshot: Snapshot | null): NodeOptions {
  const isSet = (key: string): boolean => firstValueOf(testCase, key) === "true";
  const limit = (key: string): number | undefined => {
    const value = firstValueOf(testCase, key);
    return value === undefined ? undefined : toNumber(value);
  };
  const readOnly = firstValueOf(testCase, "read-only") ?? "safe";
  if (!READ_ONLY_OPTIONS.includes(readOnly)) {
    throw new DirectiveError(`invalid read-only option "${readOnly}"`);
  }
  const maxApplyingBytes = limit("max-committed-size-per-ready");
  return {
    electionTicks: 3,
    heartbeatTicks: 1,
    maxInflightMessages: limit("inflight") ?? 2 ** 31 - 1,
    asyncStorageWrites: isSet("async-storage-writes"),
    preVote: isSet("prevote"),
    checkQuorum: isSet("checkquorum"),
    disableConfChangeValidation: isSet("disable-conf-change-validation"),
    stepDownOnRemoval: isSet("step-down-on-removal"),
    leaseBasedReads: readOnly === "lease-based",
    commitBarrier: isSet("commit-barrier"),
    votesTellCommit: isSet("votes-tell-commit"),
    replaceRefusedConfChange: true,
    ...(maxApplyingBytes === undefined ? {} : { maxApplyingBytes }),
    ...(snapshot === null ? {} : { applied: snapshot.index }),
  };
}

function compact(environment: Environment, testCase: Case): void {
  const node = firstNode(environment, testCase);
  node.storage.compact(toNumber(testCase.arguments[1]?.key ?? ""));
  environment.printLog(node);
}

function deliverMessages(environment: Environment, testCase: Case): void {
  const wanted = firstValueOf(testCase, "type");
  const type = MESSAGE_TYPES.find((known) => known === wanted) ?? null;
  if (wanted !== undefined && type === null) {
    throw new DirectiveError(`unknown message type ${wanted}`);
  }
  const recipients = [
    ...numbersOf(testCase).map((id) => ({ id, drop: false })),
    ...valuesOf(testCase, "drop").map((id) => ({ id: toNumber(id), drop: true })),
  ];
  if (environment.deliver(type, recipients) === 0) environment.output.write("no messages\n");
}

function setLevel(environment: Environment, name: string): void {
  const level = Output.levelOf(name);
  if (level === undefined) throw new DirectiveError(`unknown log level ${name}`);
  environment.output.level = level;
}

function propose(environment: Environment, testCase: Case): void {
  const { raw } = firstNode(environment, testCase);
  const data = bytesOf(testCase.arguments[1]?.key ?? "");
  environment.propose("EntryNormal", () => raw.propose(data));
}

const TRANSITIONS: Readonly<Record<string, ConfChangeTransition>> = {
  auto: "ConfChangeTransitionAuto",
  implicit: "ConfChangeTransitionJointImplicit",
  explicit: "ConfChangeTransitionJointExplicit",
};

function proposeConfChange(environment: Environment, testCase: Case): void {
  const { raw } = firstNode(environment, testCase);
  const named = firstValueOf(testCase, "transition") ?? "auto";
  const transition = TRANSITIONS[named];
  if (transition === undefined) throw new DirectiveError(`unknown transition ${named}`);
  const type = firstValueOf(testCase, "v1") === "true" ? "EntryConfChange" : "EntryConfChangeV2";
  const change = { transition, changes: parseChanges(testCase.input), context: EMPTY_BYTES };
  environment.propose(type, () => raw.proposeConfChange(change, type));
}

function readIndex(environment: Environment, testCase: Case): void {
  const { raw } = firstNode(environment, testCase);
  raw.readIndex(bytesOf(testCase.arguments[1]?.key ?? ""));
}

function printStates(environment: Environment): void {
  for (const { raw } of environment.nodes) {
    const { id, state, confState, term, lead } = raw.status();
    const role = votersOf(confState).includes(id) ? "(Voter)" : "(Non-Voter)";
    environment.output.write(`${id}: ${state} ${role} Term:${term} Lead:${lead}\n`);
  }
}

function printProgress(environment: Environment, testCase: Case): void {
  for (const [id, progress] of firstNode(environment, testCase).raw.status().progress) {
    environment.output.write(`${id}: ${formatProgress(progress)}\n`);
  }
}

function reportUnreachable(environment: Environment, testCase: Case): void {
  const [on = 0, id = 0] = numbersOf(testCase);
  environment.node(on).raw.reportUnreachable(environment.node(id).id);
}

function sendSnapshot(environment: Environment, testCase: Case): void {
  const [from = 0, to = 0] = numbersOf(testCase);
  const { raw, storage } = environment.node(from);
  const { term } = raw.basicStatus();
  const message = makeMessage({ type: "MsgSnap", from, to, term, snapshot: storage.snapshot() });
  environment.enqueue(message);
  environment.output.write(describeMessage(message));
}

function setElectionTimeout(environment: Environment, testCase: Case): void {
  const ticks = toNumber(firstValueOf(testCase, "timeout") ?? "");
  firstNode(environment, testCase).raw.setRandomizedElectionTicks(ticks);
}

function stabilize(environment: Environment, testCase: Case): void {
  const { output } = environment;
  const before = output.level;
  const level = firstValueOf(testCase, "log-level");
  if (level !== undefined) setLevel(environment, level);
  const ids = numbersOf(testCase);
  const nodes = ids.length === 0 ? environment.nodes : ids.map((id) => environment.node(id));
  try {
    environment.stabilize(nodes);
  } finally {
    output.level = before;
  }
}

function transferLeadership(environment: Environment, testCase: Case): void {
  const from = toNumber(firstValueOf(testCase, "from") ?? "");
  const to = toNumber(firstValueOf(testCase, "to") ?? "");
  environment.node(from).raw.transferLeader(environment.node(to).id);
}
