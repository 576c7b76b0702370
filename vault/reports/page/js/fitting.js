// Step 19: the statement says what is shown, and each transmittal fits the query or fails it for the reason given.

import { group } from "./terms.js";
import * as record from "./record.js";
import { fits } from "./statement.js";
import { Malformed, base64Text, existingDay, refuse, same } from "./strict.js";

const REASONS = ["not-chosen", "outside-period", "other-designation", "not-within"];

/** All of step 19; faults are of completeness. */
export function check(state) {
  const { report, read } = state, { statement } = read;
  state.outside = new Set();
  if (!statement || !state.indexed) {
    report.step(19, "report", "there is nothing that holds to compare it with", false);
    report.missing(["completeness"], "the statement", "one that can be compared with what is shown", "none");
    return;
  }
  const disclosures = read.entries.filter(({ entry }) => entry.kind === "disclosure");
  report.judging(["completeness"], () => checkHead(statement, read.checkpoint.head));
  report.judging(["completeness"], () => checkCounts(statement, read, state.documents));
  report.judging(["completeness"], () => checkListed(statement, disclosures));
  state.outside = onlyBelow(state, statement.excluded.map((one) => one.seq));
  checkPatterns(state);
  const fitting = new Fitting(state);
  for (const { seq, number } of statement.selected) fitting.selected(seq, number);
  for (const { seq, reason } of statement.excluded) fitting.excluded(seq, reason);
  checkCorrected(state);
  report.step(19, "report", `${statement.selected.length} transmittals selected, ${statement.excluded.length} excluded; counts and reasons`);
}

function checkHead(statement, head) {
  const isSame = statement.origin === head.origin && statement.size === head.size && same(statement.root, head.root);
  if (!isSame) refuse("statement", `checkpoint ${head.size} of ${head.origin}`, `${statement.size} of ${statement.origin}`);
}

function checkCounts({ counts }, { entries }, documents) {
  const withRecord = entries.filter(({ entry }) => entry.record !== null);
  const lines = withRecord.flatMap((one) => one.record ?? []);
  const hidden = lines.filter((line) => line.text === null).length;
  const expected = [entries.length, lines.length - hidden, hidden];
  const found = [counts.entries, counts.lines, counts.withheld];
  if (expected.join() !== found.join()) refuse("statement, shown", expected.join(" "), found.join(" "));
  const span = withRecord.length ? [withRecord[0].seq, withRecord.at(-1).seq] : null;
  if (documents) {
    const lying = [documents.length, documents.reduce((sum, [, size]) => sum + size, 0)];
    if (lying.join() !== [counts.documents, counts.bytes].join()) refuse("statement, documents", lying.join(" "), `${counts.documents} ${counts.bytes}`);
  }
  if (String(span) !== String(counts.span)) refuse("statement, span", span ? span.join(" ") : "none", counts.span ? counts.span.join(" ") : "none");
}

function checkListed(statement, disclosures) {
  const listed = [...statement.selected, ...statement.excluded].map(({ seq }) => Number(seq)).sort((one, other) => one - other);
  const shown = disclosures.map(({ seq }) => seq);
  if (listed.join() !== shown.join()) refuse("statement", `the ${shown.length} transmittals shown, each selected or excluded`, `${listed.length} listed`);
  if (!statement.every) return;
  for (const { seq, number } of statement.selected) { // all are shown, so they can be counted
    const counted = shown.indexOf(seq) + 1;
    if (number !== counted) refuse(`transmittal ${number}`, `number ${counted}, as counted`, number);
  }
}

/** These entries, and what follows nothing but these up, nor anything but what follows them. */
function onlyBelow({ read, followUps }, seqs) {
  const found = new Set(seqs.map(Number)), before = new Map();
  for (const [seq, later] of followUps) {
    for (const entry of later) before.set(Number(entry.seq), [...(before.get(Number(entry.seq)) ?? []), seq]);
  }
  for (const { seq } of read.entries) { // what is followed up has a smaller number
    if (before.has(seq) && before.get(seq).every((one) => found.has(one))) found.add(seq);
  }
  return found;
}

/** Each withheld line of what is not excluded fits a pattern of the statement. */
function checkPatterns({ report, read, outside }) {
  const known = new Map();
  const isNamed = (name) => {
    if (!known.has(name)) known.set(name, read.statement.withheld.some(({ pattern }) => fits(pattern, name)));
    return known.get(name);
  };
  for (const { seq, record: lines } of read.entries) {
    if (!lines || outside.has(seq)) continue;
    const unnamed = lines.find((line) => line.text === null && !isNamed(line.name));
    if (unnamed) report.broken(["completeness"], new Malformed(`record of entry ${seq}`, "a withheld line that the statement names", unnamed.name));
  }
}

const UNKNOWN = Symbol("withheld");

/** What corrections under the `complete` terms are of is shown. [The customer was added by a correction; his list holds that alone.] */
function checkCorrected({ report, read, bySeq }) {
  const complete = new Set((read.terms ?? []).map(({ tag }) => base64Text(tag)));
  for (const { seq, entry, record: lines } of read.entries) {
    if (entry.kind !== "correction" || !lines || !entry.tags.some((tag) => complete.has(tag))) continue;
    const target = valueOf(lines, "corrects");
    if (typeof target === "number" && bySeq.has(target)) continue;
    const found = target === UNKNOWN ? "withheld" : "nothing that is shown";
    report.missing(["completeness"], `correction in entry ${seq}`, "what it is of, shown too", found);
  }
}

class Fitting {
  constructor(state) {
    const { read } = state;
    Object.assign(this, { state, statement: read.statement, bySeq: state.bySeq, groups: new Map(), chosen: new Set(read.statement.chosen) });
    const disclosures = read.entries.filter(({ entry }) => entry.kind === "disclosure");
    this.numbers = new Map(read.statement.every ? disclosures.map(({ seq }, at) => [seq, at + 1]) : []); // all are shown, so they can be counted
    this.picked = new Set(read.statement.selected.map(({ seq }) => seq));
    for (const { shown, tag } of [...read.terms, ...read.within]) {
      const name = group(shown.term);
      if (!this.groups.has(name)) this.groups.set(name, new Set());
      this.groups.get(name).add(base64Text(tag));
    }
  }

  selected(seq, number) {
    this.judged(seq, (one) => {
      if (this.chosen.size && !this.chosen.has(number)) refuse(`entry ${seq}`, "one of the chosen transmittals", number);
      for (const [reason, fails] of this.failures(one)) {
        if (fails === UNKNOWN) this.undecided(seq, reason);
        else if (fails) refuse(`entry ${seq}`, "a transmittal that fits the query", reason);
      }
    });
  }

  excluded(seq, reason) {
    this.judged(seq, (one) => {
      if (!REASONS.includes(reason)) refuse(`entry ${seq}`, `a reason of ${REASONS.join(", ")}`, reason);
      const fails = new Map(this.failures(one)).get(reason);
      if (fails === UNKNOWN && reason === "not-chosen") this.uncounted(seq);
      else if (fails === UNKNOWN) this.undecided(seq, reason);
      else if (!fails) refuse(`entry ${seq}`, `a transmittal that the query leaves out as ${reason}`, "one that fits in this");
    });
  }

  judged(seq, work) {
    const one = this.bySeq.get(Number(seq));
    if (one?.record) this.state.report.judging(["completeness"], () => work(one));
  }

  undecided(seq, reason) {
    this.state.report.missing(["completeness"], `entry ${seq}`, `the line shown that decides on ${reason}`, "withheld");
  }

  /** [T-1 is chosen; its owner calls it T-2, and leaves it out.] */
  uncounted(seq) {
    const found = this.statement.counts.ledger ? "in the ledger of the bundle: NOT CHECKED HERE" : "the owner's word";
    this.state.report.missing(["completeness"], `entry ${seq}, excluded as not-chosen`, "its number, counted in the ledger", found);
  }

  isNotChosen(one) {
    return this.numbers.has(one.seq) ? !this.chosen.has(this.numbers.get(one.seq)) : UNKNOWN;
  }

  /** In what the transmittal fails the query: [reason, true, false or UNKNOWN]. */
  failures(one) {
    const { since, until, designations } = this.statement;
    return [
      ["not-chosen", this.chosen.size > 0 && this.isNotChosen(one)],
      ["outside-period", since !== null || until !== null ? this.isOutside(one, since, until) : false],
      ["other-designation", designations.length ? this.isOther(one, designations) : false],
      ["not-within", this.isNotWithin(one)],
    ].filter(([reason]) => reason !== "not-chosen" || !this.picked.has(one.seq));
  }

  isOutside(one, since, until) {
    const stated = this.newest(one, "event-time");
    if (stated === UNKNOWN) return UNKNOWN;
    const start = beginning(stated) ?? one.entry.time;
    return (since !== null && start < since) || (until !== null && start >= until);
  }

  isOther(one, designations) {
    const stated = this.newest(one, "designation");
    return stated === UNKNOWN ? UNKNOWN : !designations.includes(stated);
  }

  isNotWithin(one) {
    const followUps = this.state.followUps.get(one.seq) ?? [];
    const tags = new Set([one.entry, ...followUps].flatMap((entry) => entry.tags));
    return [...this.groups.values()].some((group) => ![...group].some((tag) => tags.has(tag)));
  }

  /** The value of a line as corrections left it. */
  newest(one, name) {
    let value = valueOf(one.record, name);
    for (const { seq, kind } of this.state.followUps.get(one.seq) ?? []) {
      if (kind !== "correction") continue;
      const lines = this.bySeq.get(seq)?.record;
      if (!lines || !lines.some((line) => line.name === name) || lines.some((line) => line.name === "corrects-item")) continue;
      const corrects = valueOf(lines, "corrects");
      if (corrects === UNKNOWN) value = UNKNOWN;
      else if (corrects === one.seq) value = valueOf(lines, name);
    }
    return value;
  }
}

function valueOf(lines, name) {
  return record.withholds(lines, name) ? UNKNOWN : lines.find((line) => line.name === name)?.value;
}

const FORM = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]))?([+-])([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?$/;
const LAST = 253402300800n * 1000000n, FIRST = -62135596800n * 1000000n; // the years 1 to 9999, in microseconds

/** The first instant of `2026-11-22T18:39:00+01:00` or `2026-11-22+01:00`, in microseconds; null for anything else. */
export function beginning(stated) {
  const found = typeof stated === "string" ? FORM.exec(stated) : null;
  const day = found ? existingDay(Number(found[1]), Number(found[2]), Number(found[3])) : null;
  if (day === null) return null;
  const seconds = (hours, minutes, rest) => Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0);
  const away = seconds(found[8], found[9], found[10]) * (found[7] === "-" ? -1 : 1);
  const instant = BigInt(day * 86400 + seconds(found[4], found[5], found[6]) - away) * 1000000n;
  return instant >= FIRST && instant < LAST ? instant : null;
}
