// Sums of two multiples of points, and the test for prime order, with one table of odd multiples for each point.
//
// Only public values are met here, so nothing has to take constant time. Points are those of @noble/curves.

import { ORDER, Point } from "./ed25519.js";

const WINDOW = 5; // odd multiples up to 15: eight of them

/** The odd multiples P, 3P, ... 15P. */
export function oddMultiples(point) {
  const twice = point.double(), table = [point];
  while (table.length < 1 << (WINDOW - 2)) table.push(table[table.length - 1].add(twice));
  return table;
}

/** The non-adjacent form of width WINDOW, lowest digit first: zeros and odd digits from -15 to 15. */
export function digits(scalar) {
  const found = [];
  let rest = scalar;
  const full = 1 << WINDOW, mask = BigInt(full - 1);
  while (rest > 0n) {
    let digit = 0;
    if (rest & 1n) {
      digit = Number(rest & mask);
      if (digit >= full / 2) digit -= full;
      rest -= BigInt(digit);
    }
    found.push(digit);
    rest >>= 1n;
  }
  return found;
}

/** The sum of multiples: pairs of a table of odd multiples and the digits of a scalar (Straus). */
export function sum(pairs) {
  let total = Point.ZERO;
  const length = Math.max(...pairs.map(([, places]) => places.length));
  for (let place = length - 1; place >= 0; place--) {
    total = total.double();
    for (const [table, places] of pairs) {
      const digit = places[place] ?? 0;
      if (digit > 0) total = total.add(table[digit >> 1]);
      else if (digit < 0) total = total.add(table[-digit >> 1].negate());
    }
  }
  return total;
}

const ORDER_DIGITS = digits(ORDER);

/** Whether the point of this table is of prime order: L P is the identity, and P is not. */
export function isPrimeOrder(table) {
  return !table[0].is0() && sum([[table, ORDER_DIGITS]]).is0();
}
