/**
 * What a page without a kernel holds: values, each held once. The other side of pages/packing.py.
 * Not here: what the values are for (`scenes`).
 *
 * @import { TableTold } from "./payload.js"
 */

/**
 * Each number is what it adds to the one before.
 * @param {number[]} steps
 */
export function added(steps) {
  let at = 0;
  return steps.map((step) => {
    at += step;
    return at;
  });
}

export class Table {
  /** @param {TableTold} told */
  constructor({ texts, values, lists, shapes }) {
    /** @type {unknown[]} */
    this.plain = [...texts, ...values];
    this.lists = lists;
    this.shapes = shapes.map(([count, names, columns]) => ({
      count,
      names,
      columns: columns.map(added),
    }));
    /** @type {Map<number, unknown>} */
    this.made = new Map();
  }

  /**
   * The value at a place, made when it is first asked for.
   * @param {number} place
   * @returns {unknown} what it is, only who asks can know
   */
  at(place) {
    if (place < this.plain.length) return this.plain[place];
    if (!this.made.has(place)) this.made.set(place, this.make(place - this.plain.length));
    return this.made.get(place);
  }

  /**
   * @param {number} place
   * @returns {unknown}
   */
  make(place) {
    if (place < this.lists.length) return added(this.lists[place]).map((one) => this.at(one));
    let row = place - this.lists.length;
    let at = 0;
    while (row >= this.shapes[at].count) {
      row -= this.shapes[at].count;
      at += 1;
    }
    const { names, columns } = this.shapes[at];
    return Object.fromEntries(names.map((name, i) => [name, this.at(columns[i][row])]));
  }
}
