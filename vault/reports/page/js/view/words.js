// Words for people: times, numbers, terms.

export const STATES = { PROVEN: "proven", "NOT PROVEN": "open", BROKEN: "broken", "NOT CHECKED": "unchecked" };
export const MARKS = { PROVEN: "✓", "NOT PROVEN": "○", BROKEN: "✕", "NOT CHECKED": "·" };

/** `T-000017`; the entry's number where no transmittal number is stated. */
export function transmittal(row) {
  return row.number === null ? `entry ${row.seq}` : `T-${String(row.number).padStart(6, "0")}`;
}

/** `22 Nov 2026, 17:39 UTC` of `2026-11-22T17:39:28Z`. */
export function moment(iso) {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})/.exec(iso ?? "");
  return match ? `${day(match[1], match[2], match[3])}, ${match[4]} UTC` : String(iso ?? "");
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function day(year, month, date) {
  return `${Number(date)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

/** A stated time as it stands, readable: `22 Nov 2026, 18:39 +01:00`. */
export function stated(value) {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2})(?::\d{2})?)?(Z|[+-]\d{2}:\d{2})$/.exec(value ?? "");
  if (!match) return null;
  const zone = match[5] === "Z" || match[5] === "+00:00" ? "UTC" : match[5];
  return match[4] ? `${day(match[1], match[2], match[3])}, ${match[4]} ${zone}` : `${day(match[1], match[2], match[3])} (day, ${zone})`;
}

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** `403 KiB`. */
export function bytes(number) {
  const value = Number(number);
  if (!Number.isFinite(value)) return String(number);
  if (value < 1024) return count(value, "byte");
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let at = 0, left = value / 1024;
  while (left >= 1024 && at < units.length - 1) {
    left /= 1024;
    at++;
  }
  return `${left < 10 ? left.toFixed(1) : Math.round(left)} ${units[at]}`;
}

/** A term for people: `party LEI 529900T8BM49AURSDO55`, `party name ganzhou magnet (CN)`. */
export function term(value) {
  const [sort, first, ...rest] = value.split(":"), second = rest.join(":");
  if (sort.endsWith("-name")) return `${sort.slice(0, -5)} name ${second}${first === "-" ? "" : ` (${first})`}`;
  if (sort === "party" || sort === "subject") return `${sort} ${first.toUpperCase()} ${second}`;
  return [sort === "class" ? "category" : sort, first, second].filter(Boolean).join(" ");
}

/** A reason code in words. */
export const reason = (code) => code.replaceAll("-", " ");

/** The name of a record line in words: `item 1, name`. */
export const lineName = (name) => name.replaceAll("-", " ").replace(/\.(\d+)(?=\.|$)/g, " $1").replaceAll(".", ", ");

/** What an item is called: its name, or what was said; null where that is withheld. */
export function itemName(item) {
  return [item.name, item.narrative, item["name-bytes"]].find((value) => value !== undefined);
}

/** Who a row went to, by relation: [{relation, name, country}]. */
export function recipients(row, relation = null) {
  return row.recipients.filter((one) => one && (relation === null || one.relation === relation));
}
