// The five verdicts and what speaks against one. Twin of vault/evidence/verdicts.py and vault/verify/report.py.

import { Malformed } from "./strict.js";

export const VERDICTS = ["integrity", "order", "origin", "time", "completeness"];
export const PROVEN = "PROVEN", NOT_PROVEN = "NOT PROVEN", BROKEN = "BROKEN";
const KEPT = 200; // faults of one verdict and state; beyond, they are counted

/** What was looked at and what was found. A verdict nobody spoke for is NOT PROVEN; the worst thing found decides. */
export class Report {
  constructor() {
    this.kept = Object.fromEntries(VERDICTS.map((verdict) => [verdict, { [BROKEN]: [], [NOT_PROVEN]: [], count: 0 }]));
    this.shown = Object.fromEntries(VERDICTS.map((verdict) => [verdict, []]));
    this.steps = new Map();
    this.remarks = [];
  }

  add(verdict, state, { where, expected, found }) {
    const kept = this.kept[verdict];
    kept.count++;
    if (kept[state].length < KEPT) kept[state].push({ state, where, expected, found });
  }

  broken(verdicts, fault) {
    for (const verdict of verdicts) this.add(verdict, BROKEN, fault);
  }

  missing(verdicts, where, expected, found = "") {
    for (const verdict of verdicts) this.add(verdict, NOT_PROVEN, { where, expected, found });
  }

  /** Run `work`; what it refuses is BROKEN, and gives null. Any other error is a fault of this program, and thrown on. */
  judging(verdicts, work) {
    try {
      return work();
    } catch (fault) {
      if (!(fault instanceof Malformed)) throw fault;
      this.broken(verdicts, fault);
      return null;
    }
  }

  prove(verdict, why) {
    this.shown[verdict].push(why);
  }

  /** Note that a step was done or skipped. */
  step(number, name, said, done = true) {
    this.steps.set(number, { number, name, said, done });
  }

  state(verdict) {
    const kept = this.kept[verdict];
    if (kept[BROKEN].length) return BROKEN;
    return kept[NOT_PROVEN].length || !this.shown[verdict].length ? NOT_PROVEN : PROVEN;
  }

  copy() {
    const made = new Report();
    for (const verdict of VERDICTS) {
      const { [BROKEN]: broken, [NOT_PROVEN]: missing, count } = this.kept[verdict];
      made.kept[verdict] = { [BROKEN]: [...broken], [NOT_PROVEN]: [...missing], count };
      made.shown[verdict] = [...this.shown[verdict]];
    }
    made.steps = new Map(this.steps);
    made.remarks = [...this.remarks];
    return made;
  }

  /** What is shown of it: plain values. */
  summary() {
    const verdicts = Object.fromEntries(VERDICTS.map((verdict) => {
      const kept = this.kept[verdict];
      const faults = [...kept[BROKEN], ...kept[NOT_PROVEN]];
      return [verdict, { state: this.state(verdict), faults, more: kept.count - faults.length, shown: this.shown[verdict] }];
    }));
    const steps = [...this.steps.values()].sort((one, other) => one.number - other.number);
    return { verdicts, steps, remarks: this.remarks };
  }
}
