/** The live page of a node. What comes from the API enters the document as text only. */
const POLL_INTERVAL_MS = 2000;
const ANSWER_WAIT_MS = 5000;
const BLOCKS_SHOWN = 10;

const WORDS = {
  leader: { ja: "リーダー", en: "Leader" },
  self: { ja: "このノード", en: "This node" },
  connected: { ja: "● 接続中", en: "Connected" },
  disconnected: { ja: "✕ 未接続", en: "Not connected" },
  noTransactions: { ja: "取引なし", en: "No transactions" },
  copy: { ja: "コピー", en: "Copy" },
  copied: { ja: "コピー済", en: "Copied" },
  selected: { ja: "選択済", en: "Selected" },
  full: { ja: "全桁表示", en: "Full" },
  recording: { ja: "新しい取引を記録できます。", en: "New transactions can be recorded." },
  notRecording: {
    ja: "過半数がそろうまで記録は止まります。記録済みの取引は失われません。",
    en: "Recording pauses until a majority is back. What is recorded stays.",
  },
  electing: {
    ja: "決まるまで新しい取引は記録されません。通常は数秒です。",
    en: "Nothing new is recorded until then, usually for seconds.",
  },
  checkNode: {
    ja: "この状態が続く場合は、ノードを確認してください。",
    en: "If this lasts, check the node.",
  },
};
const FIGURES = {
  lastHeight: { ja: "最新の高さ", en: "Last height" },
  certifiedHeight: { ja: "合意済みの高さ", en: "Certified height" },
  appliedHeight: { ja: "適用済みの高さ", en: "Applied height" },
  pendingTransactions: { ja: "処理待ちの取引", en: "Pending transactions" },
  signaturesVerified: { ja: "検証した署名", en: "Signatures verified" },
  term: { ja: "任期", en: "Term" },
};
const ROLES = {
  voter: { ja: "投票団体", en: "Voter" },
  learner: { ja: "投票権なし", en: "Learner" },
  leaving: { ja: "退出中", en: "Leaving" },
};

let vocabulary = { types: {}, results: {} };
let network = null;
let seen = null;
let blocks = [];
let events = null;

const byId = (id) => document.getElementById(id);
const count = (value) => value.toLocaleString("ja-JP");
const inJapan = (options) =>
  new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", ...options });
const dateFormat = inJapan({ dateStyle: "medium" });
const timeFormat = inJapan({ timeStyle: "medium" });

/** Text that is already there is left alone: nothing flickers, nothing is read out again. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setPair(element, { ja, en }) {
  setText(element.querySelector(":scope > [lang=ja]"), ja);
  setText(element.querySelector(":scope > [lang=en]"), en);
}

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...children);
  return element;
}

function makePair(className, text) {
  const [ja, en] = ["ja", "en"].map((lang) => {
    const words = make("span", "", text[lang]);
    words.lang = lang;
    return words;
  });
  return make("span", className, ja, " ", en);
}

/** Rows that say the same are kept, so that a selection in them survives. */
function setRows(tableId, rows) {
  const before = byId(tableId).tBodies[0];
  const after = make("tbody", "", ...rows);
  if (!before.isEqualNode(after)) before.replaceWith(after);
}

/** A name and its value in a description list; the value's element is returned. */
function addEntry(listId, key, name, layout) {
  const term = make("dt", "", makePair(layout, name));
  term.id = `${key}-name`;
  const value = make("dd", "", "…");
  byId(listId).append(make("div", "", term, value));
  return value;
}

function makeButton(className, words, key) {
  const button = make("button", className, makePair("beside", words));
  button.type = "button";
  button.id = `${key}-${className}`;
  button.setAttribute("aria-labelledby", `${button.id} ${key}-name`);
  return button;
}

/** A hash, short, in full on demand and on paper; its setter is returned. */
function addHash(listId, key, name) {
  const field = addEntry(listId, key, name, "beside");
  const short = make("code", "short", "…");
  const full = make("code", "full");
  const copy = makeButton("copy", WORDS.copy, key);
  const toggle = makeButton("show", WORDS.full, key);
  const expand = (isOpen) => {
    field.classList.toggle("open", isOpen);
    toggle.setAttribute("aria-expanded", String(isOpen));
  };
  const say = (words) => {
    setPair(byId("announcement"), words);
    setPair(copy.firstChild, words);
    setTimeout(() => {
      setPair(byId("announcement"), { ja: "", en: "" });
      setPair(copy.firstChild, WORDS.copy);
    }, POLL_INTERVAL_MS);
  };
  toggle.addEventListener("click", () => expand(!field.classList.contains("open")));
  copy.addEventListener("click", () => {
    // Browsers give the clipboard to https and to this machine only; elsewhere the text is selected.
    const select = () => {
      expand(true);
      getSelection().selectAllChildren(full);
      say(WORDS.selected);
    };
    if (navigator.clipboard === undefined) select();
    else navigator.clipboard.writeText(full.textContent).then(() => say(WORDS.copied), select);
  });
  expand(false);
  field.className = "hash";
  field.replaceChildren(short, full, copy, toggle);
  return (hex) => {
    setText(short, `${hex.slice(0, 8)}…${hex.slice(-8)}`);
    setText(full, hex);
  };
}

/** The one thing to know now: a headline, why, and what it means for the reader. */
function setBanner(tone, headline, detail, advice) {
  const mark = { good: "✓", note: "!", bad: "✕" }[tone];
  const name = seen === null ? "" : ` ${seen.status.node.nameJa} ${seen.status.node.nameEn}`;
  document.title = `${mark}${name} – MyKey 台帳 MyKey ledger`;
  byId("banner").dataset.tone = tone;
  setText(byId("mark"), mark);
  setPair(byId("headline"), headline);
  setPair(byId("detail"), detail);
  setPair(byId("advice"), advice);
}

function showProblem(problem) {
  network = null;
  const headline = { ja: "このノードにつながりません", en: "This node cannot be reached" };
  const detail = {
    ja: `自動でつなぎ直しています（${problem.message}）。`,
    en: `Trying again by itself (${problem.message}).`,
  };
  if (seen === null) return setBanner("bad", headline, detail, WORDS.checkNode);
  const time = timeFormat.format(seen.at);
  setBanner("bad", headline, detail, {
    ja: `下の表示は ${time} のものです。${WORDS.checkNode.ja}`,
    en: `What is shown below is from ${time} JST. ${WORDS.checkNode.en}`,
  });
}

function showQuorum({ quorum, members, leader }) {
  const { needed, reachable, missing, reason } = quorum;
  const all = reachable + missing.length;
  const figures = {
    ja: `投票する ${all} 団体のうち ${reachable} 団体が接続中（必要 ${needed}）。`,
    en: `${reachable} of ${all} voters connected, ${needed} needed.`,
  };
  if (reason !== null) {
    const headline = { ja: "合意できません", en: "No quorum" };
    return setBanner("bad", headline, reason, WORDS.notRecording);
  }
  if (leader === null) {
    const headline = { ja: "リーダーを選んでいます", en: "Electing a leader" };
    return setBanner("note", headline, figures, WORDS.electing);
  }
  if (missing.length === 0) {
    return setBanner("good", { ja: "合意できます", en: "Quorum" }, figures, WORDS.recording);
  }
  const headline = { ja: "合意できます（一部が未接続）", en: "Quorum, but not everybody" };
  const names = (key) => missing.map((number) => organisationOf(members, number)[key]);
  const detail = {
    ja: `${figures.ja}未接続：${names("ja").join("、")}`,
    en: `${figures.en} Missing: ${names("en").join(", ")}`,
  };
  setBanner("note", headline, detail, WORDS.recording);
}

function organisationOf(members, number) {
  const member = members.find((candidate) => candidate.number === number);
  if (member !== undefined) return { ja: member.nameJa, en: member.nameEn };
  return { ja: `番号 ${number}`, en: `No. ${number}` };
}

const cell = (...children) => make("td", "", ...children);

function memberRow({ number, nameJa, nameEn, role, connected }, { node, leader }) {
  const organisation = cell(makePair("beneath", { ja: nameJa, en: nameEn }));
  if (number === node.number) organisation.append(makePair("badge", WORDS.self));
  const duty = cell(makePair("beneath", ROLES[role] ?? { ja: role, en: role }));
  if (number === leader) duty.append(makePair("badge", WORDS.leader));
  const connection = connected
    ? makePair("beneath yes", WORDS.connected)
    : makePair("beneath no", WORDS.disconnected);
  return make("tr", "", make("td", "key", String(number)), organisation, duty, cell(connection));
}

/** What happened to how many: a block may hold thousands of transactions. */
function outcomesOf({ transactions }) {
  const outcomes = new Map();
  for (const { type, result } of transactions) {
    const outcome = outcomes.get(`${type} ${result}`) ?? { type, result, times: 0 };
    outcomes.set(`${type} ${result}`, { ...outcome, times: outcome.times + 1 });
  }
  return [...outcomes.values()];
}

function outcomeItem({ type, result, times }) {
  const title = vocabulary.types[type] ?? { ja: type, en: type };
  const many = times > 1 ? ` × ${count(times)}` : "";
  if (result === "OK") {
    const text = { ja: `${title.ja}${many}　受理`, en: `${title.en}${many}: accepted` };
    return make("li", "outcome beneath", ...makePair("", text).children);
  }
  const fault = vocabulary.results[result] ?? { ja: result, en: result };
  const text = {
    ja: `${title.ja}${many}　却下：${fault.ja}`,
    en: `${title.en}${many}: refused. ${fault.en} (${result})`,
  };
  return make("li", "outcome beneath no", ...makePair("", text).children);
}

function blockRow(block) {
  const at = new Date(block.timestampMs);
  const [clock, date] = [timeFormat, dateFormat].map((format) =>
    make("span", "", format.format(at)),
  );
  const time = make("time", "beneath", clock, " ", date);
  time.dateTime = at.toISOString();
  const outcomes = outcomesOf(block).map(outcomeItem);
  return make(
    "tr",
    "",
    make("td", "key", count(block.height)),
    cell(
      outcomes.length > 0 ? make("ul", "", ...outcomes) : makePair("beneath", WORDS.noTransactions),
    ),
    make("td", "whole", makePair("beneath", organisationOf(seen.status.members, block.proposer))),
    make("td", "whole", time),
  );
}

const figures = Object.entries(FIGURES).map(([key, name]) => {
  return { key, value: addEntry("figures", key, name, "beneath") };
});
const setNetworkId = addHash("identity", "network-id", { ja: "ネットワーク ID", en: "Network id" });
const setBlockHash = addHash("hashes", "block-hash", { ja: "ブロックハッシュ", en: "Block hash" });
const setStateRoot = addHash("hashes", "state-root", { ja: "状態ルート", en: "State root" });

/** A region is a stop of the Tab key only while there is something to scroll. */
for (const region of document.querySelectorAll(".scroll")) {
  const observer = new ResizeObserver(() => {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  });
  observer.observe(region);
}

function show() {
  const { status, at } = seen;
  setPair(byId("organisation"), { ja: status.node.nameJa, en: status.node.nameEn });
  for (const { key, value } of figures) setText(value, count(status[key]));
  for (const element of document.querySelectorAll(".network-name")) setText(element, network.name);
  setNetworkId(network.networkId);
  setBlockHash(status.blockHash);
  setStateRoot(status.stateRoot);
  const time = timeFormat.format(at);
  setPair(byId("as-of"), { ja: `日本時間 ${time} 現在`, en: `As of ${time} JST` });
  setPair(byId("release"), {
    ja: `ノードのバージョン ${network.version}`,
    en: `Node version ${network.version}`,
  });
  showQuorum(status);
  setRows(
    "members",
    status.members.map((member) => memberRow(member, status)),
  );
  setRows("blocks", blocks.map(blockRow));
}

async function ask(path) {
  const signal = AbortSignal.timeout(ANSWER_WAIT_MS);
  const answer = await fetch(path, { cache: "no-store", signal });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
  return answer.json();
}

/** The latest blocks are asked for again whenever the events have not brought them all. */
async function look() {
  if (network === null) vocabulary = await ask("/v1/vocabulary");
  network ??= await ask("/v1/network");
  const status = await ask("/v1/status");
  if (status.appliedHeight !== blocks[0]?.height) {
    blocks = await ask(`/v1/blocks?limit=${BLOCKS_SHOWN}`);
  }
  seen = { status, at: new Date() };
  listen();
}

/** The browser reconnects a broken stream itself, but not one that was refused. */
function listen() {
  if (events !== null && events.readyState !== EventSource.CLOSED) return;
  events = new EventSource("/v1/events");
  events.addEventListener("block", ({ data }) => {
    const block = JSON.parse(data);
    if (block.height !== blocks[0]?.height + 1) return;
    blocks = [block, ...blocks].slice(0, BLOCKS_SHOWN);
    setRows("blocks", blocks.map(blockRow));
  });
}

for (;;) {
  await look().then(show).catch(showProblem);
  await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
}
