/**
 * Paths on the graphs of a program: which edges a trace has taken, and where a path that is entered
 * by hand can go on. Not here: pictures, or the page.
 *
 * @import { ProgramTold, Step } from "./payload.js"
 * @typedef {{from: string, to: string, label: string}} Edge
 */

/**
 * The number of a step as it is shown.
 * @param {Pick<Step, "own" | "below">} step
 */
export function labelOf({ own, below }) {
  return below ? `${own}.${below}` : String(own);
}

/**
 * The edges that were taken before a step in its own call, each with how it is drawn.
 * @param {Pick<Step, "n" | "lock" | "ways">[]} steps
 * @param {Pick<Step, "n" | "frame" | "round">} step
 * @returns {Map<string, string>} by from, to, when: its classes
 */
export function ways(steps, step) {
  const taken = new Map();
  for (const past of steps) {
    if (past.n >= step.n) break;
    for (const [at, from, to, when, round] of past.ways) {
      if (at !== step.frame) continue;
      const key = [from, to, when].join("\n");
      taken.delete(key); // the newest way stands last
      taken.set(
        key,
        `${past.lock > 0 ? "way-held" : "way-open"}${round < step.round ? " old" : ""}`,
      );
    }
  }
  return taken;
}

/**
 * The functions of a program as graphs, each on its own; a call leads from one into another.
 * @template {Edge} Drawn an edge with what else its picture knows of it
 */
export class Graphs {
  /**
   * @param {Pick<ProgramTold, "calls" | "entries" | "root">} told
   * @param {Map<string, {home: string, middle: number}>} nodes each with its function, and how far
   *   to the right it is drawn
   * @param {Drawn[]} edges
   */
  constructor({ calls, entries, root }, nodes, edges) {
    this.calls = calls;
    this.entries = entries;
    this.start = entries[root];
    this.nodes = nodes;
    /** @type {Map<string, Drawn[]>} */
    this.edges = new Map();
    for (const edge of edges) this.edges.set(edge.from, [...this.from(edge.from), edge]);
  }

  /** @param {string | undefined} id */
  from(id) {
    return (id === undefined ? undefined : this.edges.get(id)) ?? [];
  }

  /** @param {string} id */
  home(id) {
    return this.nodes.get(id)?.home;
  }

  /** @param {string} id */
  middle(id) {
    return this.nodes.get(id)?.middle ?? 0;
  }

  /**
   * Each move of a path as the edge that it is drawn along: into a callee from its first node, back
   * from it from the call. And the calls that the path is inside of, the innermost last.
   * @param {string[]} path
   */
  walk(path) {
    /** @type {string[]} */
    const open = [];
    const moves = path.slice(1).map((to, i) => {
      const before = path[i];
      if (this.calls[before] && this.home(to) === this.calls[before]) {
        open.push(before);
        return { from: this.entries[this.calls[before]], to };
      }
      if (this.home(to) !== this.home(before)) return { from: open.pop() ?? before, to };
      return { from: before, to };
    });
    return { open, moves };
  }

  /**
   * The edges by which a path can go on, from left to right: into a callee, along the function, or
   * back to the caller. Edges to one node are one, with both answers.
   * @param {string[]} path
   * @returns {Drawn[]}
   */
  on(path) {
    const id = path[path.length - 1];
    const own = this.from(this.calls[id] ? this.entries[this.calls[id]] : id);
    const edges = own.length ? own : this.from(this.walk(path).open.at(-1));
    /** @type {Map<string, Drawn>} */
    const found = new Map();
    for (const edge of edges) {
      const old = found.get(edge.to);
      found.set(edge.to, old ? { ...old, label: `${old.label} or ${edge.label}` } : edge);
    }
    return [...found.values()].sort((a, b) => this.middle(a.to) - this.middle(b.to));
  }

  /**
   * The number, among those that lead on, of the edge that goes straight on: nobody has chosen one.
   * @param {string[]} path
   */
  straight(path) {
    const here = this.middle(path[path.length - 1]);
    const far = this.on(path).map((edge) => Math.abs(this.middle(edge.to) - here));
    return Math.max(0, far.indexOf(Math.min(...far)));
  }

  /**
   * The paths to a node along edges that leave no choice, from each edge that there is here.
   * @param {string[]} here
   * @param {string} id
   */
  reach(here, id) {
    return this.on(here)
      .map((edge) => {
        const path = [...here, edge.to];
        const seen = new Set();
        for (let at = edge.to; at !== id && !seen.has(at); at = path[path.length - 1]) {
          seen.add(at);
          const on = this.on(path);
          if (on.length === 1) path.push(on[0].to);
        }
        return path;
      })
      .filter((path) => path.at(-1) === id);
  }

  /**
   * How a question of a path was answered: by the node that came next. Nothing where both answers
   * lead there.
   * @param {string[]} path
   * @param {number} i
   */
  answer(path, i) {
    const [first, ...more] = this.from(path[i]).filter((edge) => edge.to === path[i + 1]);
    return first && !more.length ? first.label : "";
  }
}
