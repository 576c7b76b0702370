// Whose signature counts: members, roles, log and index keys as the ledger declares them, entry by entry.
// Twin of vault/evidence/members.py; docs/format/ledger.md, Key history.

import { verify as verifyEd25519 } from "./ed25519.js";
import { parseKey } from "./note.js";
import { parseMember, parseRevocation, parseVrf, split } from "./public.js";
import { hexText, refuse, same } from "./strict.js";
import { checkPublic as checkIndexKey } from "./vrf.js";

export const KEY_KINDS = new Set(["genesis", "key"]);
const CUSTODIAN = ["custodian"], KEEPERS = ["checkpointer", "custodian"], WRITERS = ["custodian", "reader", "recorder"];
const SIGNERS = {
  genesis: CUSTODIAN, key: CUSTODIAN, erasure: CUSTODIAN, policy: CUSTODIAN, hold: CUSTODIAN,
  index: KEEPERS, anchor: KEEPERS, backup: KEEPERS,
};

/** The roles of which a signer of this kind has one; kinds not known here are for those who may record. */
export function rolesFor(kind) {
  return Object.hasOwn(SIGNERS, kind) ? SIGNERS[kind] : WRITERS;
}

/** The keys of one ledger after some of its entries. `after` gives the next state and leaves this one as it is. */
export class KeyHistory {
  constructor(origin) {
    Object.assign(this, { origin, members: new Map(), joined: 0, logs: [], vrfs: new Map(), revocations: [], used: new Set() });
    this.keyring = "";
  }

  copy() {
    const made = new KeyHistory(this.origin);
    Object.assign(made, {
      members: new Map(this.members), joined: this.joined, logs: [...this.logs], vrfs: new Map(this.vrfs),
      revocations: [...this.revocations], used: new Set(this.used), keyring: this.keyring,
    });
    return made;
  }

  /** The log keys that sign a checkpoint of `size` entries: those in force after entry size - 1. */
  logAt(size) {
    const found = this.logs.findLast((one) => one.declared < size);
    if (!found) refuse("log keys", `a genesis among the first ${size} entries`);
    return found;
  }

  /** The key that must have signed the next entry, by the name in its signature line and the roles so far. */
  signer(entry, where) {
    const member = entry.kind === "genesis" ? this.founder(entry, where) : this.members.get(afterSlash(entry.signer));
    if (!member) refuse(where, "a signature by a member at this point of the ledger", entry.signer);
    const allowed = rolesFor(entry.kind);
    if (entry.kind !== "genesis" && !member.roles.some((role) => allowed.includes(role))) {
      refuse(where, `an entry of kind ${entry.kind} signed by a ${allowed.join(" or ")}`, entry.signer);
    }
    if (entry.signer !== member.key.name || !same(entry.keyId, member.key.id)) {
      refuse(where, `a signature line of ${member.key.name} (${hexText(member.key.id)})`, entry.signer);
    }
    return member.key;
  }

  founder(entry, where) {
    if (this.joined) refuse(where, "the one genesis to be the first entry", `entry ${entry.seq}`);
    const line = entry.lines.map(split).find(([keyword]) => keyword === "member");
    return parseMember(line[1], where);
  }

  /** The state after the next genesis or key entry, whose signer and signature are verified here. */
  after(entry, where) {
    if (!KEY_KINDS.has(entry.kind)) return this;
    const signer = this.signer(entry, where);
    verifyEd25519(signer.public, entry.signed, entry.signature, where);
    const made = this.copy();
    made.take(entry, afterSlash(signer.name), where);
    if (made.state() === this.state()) refuse(where, "a key entry that changes something");
    return made;
  }

  state() {
    const members = [...this.members.values()].map((one) => `${one.name} ${one.roles} ${one.key.text} ${one.recipient}`).sort();
    const counts = [this.joined, this.logs.length, this.vrfs.size, this.revocations.length, this.used.size];
    return [this.keyring, ...counts, ...members].join("\n");
  }

  take(entry, signer, where) {
    const lines = entry.lines.map(split);
    this.addLogs(lines.filter(([keyword]) => keyword === "log").map(([, value]) => value), entry.seq, where);
    const named = lines.filter(([keyword]) => ["member", "remove", "revoke"].includes(keyword)).map(([, v]) => v.split(" ")[0]);
    if (new Set(named).size !== named.length) refuse(where, "each member in one line only", named.join(" "));
    for (const [keyword, value] of lines) {
      if (keyword === "vrf") this.addVrf(value, where);
      else if (keyword === "member") this.addMember(parseMember(value, where), where);
      else if (keyword === "remove") this.remove(value, where);
      else if (keyword === "revoke") this.revoke(value, entry.seq, signer, where);
      else if (keyword === "keyring") this.keyring = value;
    }
    if (![...this.members.values()].some((one) => one.roles.includes("custodian"))) refuse(where, "a custodian among the members");
  }

  addLogs(vkeys, declared, where) {
    if (!vkeys.length) return;
    const [ed25519, mlDsa] = vkeys.map((vkey) => parseKey(vkey, where));
    for (const key of [ed25519, mlDsa]) if (key.name !== this.origin) refuse(where, `log keys named ${this.origin}`, key.name);
    this.claim([hexText(ed25519.public), hexText(mlDsa.public)], where);
    this.logs.push({ declared, ed25519, mlDsa });
  }

  addVrf(value, where) {
    const [generation, key] = parseVrf(value, where);
    if (generation !== this.vrfs.size + 1) refuse(where, `index key generation ${this.vrfs.size + 1}`, generation);
    checkIndexKey(key, where);
    this.claim([hexText(key)], where);
    this.vrfs.set(generation, key);
  }

  addMember(member, where) {
    if (member.key.name !== `${this.origin}/${member.name}`) refuse(where, `a key named ${this.origin}/${member.name}`, member.key.name);
    const known = this.members.get(member.name);
    if (!known) {
      this.joined += 1;
      if (member.name !== `m${this.joined}`) refuse(where, `the next member to be m${this.joined}`, member.name);
      this.claim([hexText(member.key.public), member.recipient], where);
    } else if (known.key.text !== member.key.text || known.recipient !== member.recipient) {
      refuse(where, `${member.name} with the keys given at joining; new keys join as a new member`);
    } else if (known.roles.join() === member.roles.join()) {
      refuse(where, `other roles for ${member.name} than before`, member.roles.join());
    }
    this.members.set(member.name, member);
  }

  remove(name, where) {
    if (!this.members.delete(name)) refuse(where, "a present member to remove", name);
  }

  revoke(value, seq, signer, where) {
    const [name, first] = parseRevocation(value, where);
    if (Number(name.slice(1)) > this.joined || first > seq) refuse(where, `a known member and an entry up to ${seq}`, value);
    if (name === signer) refuse(where, "a revocation by another custodian", name);
    this.members.delete(name);
    this.revocations.push({ member: name, first, declared: seq });
  }

  /** Every key has one use. */
  claim(keys, where) {
    for (const key of keys) {
      if (this.used.has(key)) refuse(where, "a key never used before in this ledger", key);
      this.used.add(key);
    }
  }
}

function afterSlash(name) {
  return name.slice(name.lastIndexOf("/") + 1);
}
