// Step 19: the statement says what is shown, and each transmittal fits the query or fails it for the reason given.

import { group } from "./terms.js";
import * as record from "./record.js";
import { fits } from "./statement.js";
import { Malformed, base64Text, existingDay, refuse, same } from "./strict.js";

const REASONS = ["not-chosen", "outside-period", "other-designation", "not-within"];

/** All of step 19; faults are of completeness. */
export function check(state) {
  const { report, read } = state, { statement } = read;
  if (!statement) return;
  const disclosures = read.entries.filter(({ entry }) => entry.kind === "disclosure");
  report.judging(["completeness"], () => checkHead(statement, read.checkpoint.head));
  report.judging(["completeness"], () => checkCounts(statement, read));
  report.judging(["completeness"], () => checkListed(statement, disclosures));
  state.outside = below(state, statement.excluded.map((one) => one.seq));
  checkPatterns(state);
  const fitting = new Fitting(state);
  for (const { seq, number } of statement.selected) fitting.selected(seq, number);
  for (const { seq, reason } of statement.excluded) fitting.excluded(seq, reason);
  report.step(19, "report", `${statement.selected.length} transmittals selected, ${statement.excluded.length} excluded; counts and reasons`);
}

function checkHead(statement, head) {
  const isSame = statement.origin === head.origin && statement.size === head.size && same(statement.root, head.root);
  if (!isSame) refuse("statement", `checkpoint ${head.size} of ${head.origin}`, `${statement.size} of ${statement.origin}`);
}

function checkCounts({ counts }, { entries }) {
  const withRecord = entries.filter(({ entry }) => entry.record !== null);
  const lines = withRecord.flatMap((one) => one.record ?? []);
  const hidden = lines.filter((line) => line.text === null).length;
  const expected = [entries.length, lines.length - hidden, hidden];
  const found = [counts.entries, counts.lines, counts.withheld];
  if (expected.join() !== found.join()) refuse("statement, shown", expected.join(" "), found.join(" "));
  const span = withRecord.length ? [withRecord[0].seq, withRecord.at(-1).seq] : null;
  if (String(span) !== String(counts.span)) refuse("statement, span", span ? span.join(" ") : "none", counts.span ? counts.span.join(" ") : "none");
}

function checkListed(statement, disclosures) {
  const listed = [...statement.selected, ...statement.excluded].map(({ seq }) => Number(seq)).sort((one, other) => one - other);
  const shown = disclosures.map(({ seq }) => seq);
  if (listed.join() !== shown.join()) refuse("statement", `the ${shown.length} transmittals shown, each selected or excluded`, `${listed.length} listed`);
}

/** These entries and all that follows them up. */
export function below(state, seqs) {
  const found = new Set(), pending = [...seqs];
  while (pending.length) {
    const seq = pending.pop();
    if (found.has(seq)) continue;
    found.add(seq);
    pending.push(...(state.followUps.get(seq) ?? []).map((entry) => entry.seq));
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

class Fitting {
  constructor(state) {
    const { read } = state;
    Object.assign(this, { state, statement: read.statement, bySeq: state.bySeq, groups: new Map() });
    for (const { shown, tag } of read.within ?? []) {
      const name = group(shown.term);
      if (!this.groups.has(name)) this.groups.set(name, new Set());
      this.groups.get(name).add(base64Text(tag));
    }
  }

  selected(seq, number) {
    this.judged(seq, (one) => {
      const { chosen } = this.statement;
      if (chosen.length && !chosen.includes(number)) refuse(`entry ${seq}`, "one of the chosen transmittals", number);
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
      if (fails === UNKNOWN) this.undecided(seq, reason);
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

  /** In what the transmittal fails the query: [reason, true, false or UNKNOWN]. */
  failures(one) {
    const { since, until, designations, chosen } = this.statement;
    return [
      ["not-chosen", chosen.length > 0],
      ["outside-period", since !== null || until !== null ? this.isOutside(one, since, until) : false],
      ["other-designation", designations.length ? this.isOther(one, designations) : false],
      ["not-within", this.isNotWithin(one)],
    ].filter(([reason]) => reason !== "not-chosen" || !this.statement.selected.some(({ seq }) => seq === one.seq));
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
    for (const { seq } of this.state.followUps.get(one.seq) ?? []) {
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

const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})([+-])([0-9]{2}):([0-9]{2})$/;
const INSTANT = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(?:(Z)|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)$/;

/** Microseconds since 1970 at which a stated moment begins; null where it is none. */
export function beginning(stated) {
  const text = String(stated ?? ""), day = DAY.exec(text);
  if (day) return micros(day.slice(1, 4), [0, 0, 0], 0, offset(day[4], day[5], day[6], 0));
  const found = INSTANT.exec(text);
  if (!found) return null;
  const micro = Number((found[7] ?? "").padEnd(6, "0"));
  return micros(found.slice(1, 4), [found[4], found[5], found[6] ?? 0], micro, found[8] ? 0 : offset(found[9], found[10], found[11], found[12] ?? 0));
}

function offset(sign, hours, minutes, seconds) {
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}

function micros(date, time, micro, away) {
  const day = existingDay(...date.map(Number)), [hour, minute, second] = time.map(Number);
  if (day === null || hour > 23 || minute > 59 || second > 59 || Math.abs(away) >= 86400) return null;
  return BigInt(day * 86400 + hour * 3600 + minute * 60 + second - away) * 1000000n + BigInt(micro);
}
