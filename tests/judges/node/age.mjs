// The age judge: reads {"verb", "keys", "data"} as JSON, data in base64, and prints the answer in base64.
// seal: data for the recipients `keys`; open: data with the identities `keys`; recipient: of the one identity in `keys`.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18, Debian 12's, has it only there

const age = await import("age-encryption");
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { verb, keys, data } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const bytes = new Uint8Array(Buffer.from(data, "base64"));

const verbs = {
  async seal() {
    const encrypter = new age.Encrypter();
    for (const key of keys) encrypter.addRecipient(key);
    return encrypter.encrypt(bytes);
  },
  async open() {
    const decrypter = new age.Decrypter();
    for (const key of keys) decrypter.addIdentity(key);
    return decrypter.decrypt(bytes);
  },
  async recipient() {
    return age.identityToRecipient(keys[0]);
  },
};
process.stdout.write(Buffer.from(await verbs[verb]()).toString("base64"));
