/**
 * What a page shows as the words of a link, such as `#s390,v3,COMPLETED,at=7`, and back again.
 *
 * A link says all of it: what it leaves out is as usual (merged, auto, write, step 1). `at` is the
 * number of a step as it is shown; `step` and `clock`, in links from before, count every step and
 * every tick. What cannot be is refused with one sentence. Not here: when the address is written or
 * read (`page`).
 *
 * @import { DuoState, Looks, Names, PlayerState, Step, Surroundings } from "./payload.js"
 * @import { Scenes } from "./scenes.js"
 * @typedef {{revision: string, outcomes: string[], context: string[], without: string, step: string, at: string,
 *   looks: Looks}} Asked what a link says
 */
import { labelOf } from "./paths.js";

const LOOKS = /** @type {const} */ (["gate", "inside", "reader"]);
const VIEWS = /** @type {const} */ (["first", "full", "stage"]);

/**
 * The words of a link, without the sign before them.
 * @param {string} hash
 */
export function words(hash) {
  try {
    // Decoded before it is split: what sends a link on may write its commas as %2C.
    return decodeURIComponent(hash.replace(/^#/, ""))
      .split(",")
      .map((word) => word.trim())
      .filter(Boolean);
  } catch {
    throw Error("This link is damaged: a % in it says nothing.");
  }
}

/** @param {(string | false)[]} all */
function spelled(all) {
  return `#${all
    .filter((word) => word !== false && word !== "")
    .map((word) => encodeURIComponent(word).replaceAll("%2B", "+").replaceAll("%3D", "="))
    .join(",")}`;
}

/**
 * What stands behind the sign; all of it.
 * @param {string} word
 */
function valueOf(word) {
  const [name, text] = word.split(/=(.*)/s);
  if (!text) throw Error(`In this link ${name} says no step: write at=9, or at=9.3.`);
  return text;
}

/**
 * Which steps lie inside handle_mm_fault, call by call, in words.
 * @param {Pick<Step, "own" | "below">[]} steps
 */
function insides(steps) {
  const calls = [...new Set(steps.flatMap((step) => (step.below ? step.own : [])))];
  const spans = calls.map((own) => {
    const all = steps.filter((step) => step.below && step.own === own).map(labelOf);
    return all.length === 1 ? all[0] : `${all[0]} to ${all[all.length - 1]}`;
  });
  return spans.length ? `, or ${spans.join(" or ")}` : "";
}

/**
 * @param {string} word
 * @param {string} what
 * @param {number} last
 */
function number(word, what, last) {
  const text = valueOf(word);
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > last) {
    throw Error(`There is no ${what} ${text}: choose 1 to ${last}.`);
  }
  return Number(text);
}

/**
 * Where the step with a number stands, from 1, in the first of the lists that has it.
 * @param {string} word
 * @param {Pick<Step, "own" | "below">[][]} lists
 */
function place(word, ...lists) {
  const text = valueOf(word);
  const n = lists
    .map((steps) => 1 + steps.findIndex((step) => labelOf(step) === text))
    .find(Boolean);
  if (n) return n;
  const [steps] = lists;
  const own = steps[steps.length - 1].own;
  throw Error(`There is no step ${text}: choose 1 to ${own}${insides(steps)}.`);
}

/** One handler with its scenarios. */
export class SceneLink {
  /** @param {Scenes} scenes */
  constructor(scenes) {
    this.scenes = scenes;
    this.told = scenes.told;
  }

  /** @param {Surroundings<PlayerState>} model */
  said(model) {
    const [outcomes, context, without] = [
      model.get("outcomes"),
      model.get("context"),
      model.get("without"),
    ];
    const view = model.get("view");
    return spelled([
      this.told.name,
      model.get("revision"),
      ...(outcomes === "auto" ? [] : outcomes.split(",")),
      ...(context === "write" ? [] : context.split(",")),
      without && `without=${without}`,
      ...LOOKS.filter((look) => model.get(look)),
      view === "full" ? "" : view,
      `at=${labelOf(model.get("_trace").steps[model.get("step") - 1])}`,
    ]);
  }

  /**
   * The number of a scenario and how it is looked at; throws a sentence.
   * @param {string} hash
   */
  read(hash) {
    const { name, revisions, leftOut } = this.told;
    /** @type {Asked} */
    const asked = {
      revision: "",
      outcomes: [],
      context: [],
      without: "",
      step: "",
      at: "",
      looks: { view: "full" },
    };
    words(hash).forEach((word, i) => this.take(word, i, asked));
    for (const look of LOOKS) asked.looks[look] ??= false;
    const revision =
      asked.revision || (revisions.includes("merged") ? "merged" : revisions[revisions.length - 1]);
    const n = this.find(revision, asked);
    if (n === undefined) {
      const gone = this.scenes.names.some((one) => one[0] === revision && one[3] === asked.without);
      if (!gone) {
        throw Error(
          `From ${name} ${revision} nothing called “${asked.without}” can be taken away.`,
        );
      }
      const why = this.scenes.impossible.get(this.names(revision, asked)[0].join("\n"));
      throw Error(why ?? `${name} ${revision} has nothing of that kind here. ${leftOut}`);
    }
    const { steps } = this.scenes.part(n, "trace");
    const old = asked.step ? number(asked.step, "step", steps.length) : 1;
    const step = asked.at ? place(asked.at, steps) : old;
    return { n, looks: { ...asked.looks, step } };
  }

  /**
   * @param {string} word
   * @param {number} i
   * @param {Asked} asked
   */
  take(word, i, asked) {
    const look = LOOKS.find((one) => one === word);
    const view = VIEWS.find((one) => one === word);
    const { name, revisions, outcomes, words: known } = this.told;
    const key = word.split("=")[0];
    if (i === 0 && word === name) return;
    if (revisions.includes(word)) asked.revision = word;
    else if (outcomes.includes(word.split("+")[0])) asked.outcomes.push(word);
    else if (word === "auto") asked.outcomes = [];
    else if (known.includes(word)) asked.context.push(word);
    else if (key === "step") asked.step = word;
    else if (key === "at") asked.at = word;
    else if (key === "without") asked.without = word.slice(8);
    else if (look) asked.looks[look] = true;
    else if (view) asked.looks.view = view;
    else if (i === 0) throw Error(`This page is about ${name}, and the link about “${word}”.`);
    else {
      throw Error(
        `The link says “${word}”, which is no revision (${revisions.join(", ")}), answer, page event or context of ${name}.`,
      );
    }
  }

  /**
   * As a scenario may be spelled: one RETRY is answered OK, and a page event brings its store.
   * @param {string} revision
   * @param {Pick<Asked, "outcomes" | "context" | "without">} asked
   * @returns {Names[]}
   */
  names(revision, { outcomes, context, without }) {
    const answers = outcomes.join() || "auto";
    const spellings = [[...context], [...context, "write"]].map(
      (all) => [...new Set(all)].sort().join() || "write",
    );
    return [answers, `${answers},OK`].flatMap((one) =>
      spellings.map((all) => [revision, one, all, without]),
    );
  }

  /**
   * @param {string} revision
   * @param {Asked} asked
   */
  find(revision, asked) {
    return (
      this.names(revision, asked)
        .map((names) => this.scenes.number(names))
        .find((n) => n !== undefined) ??
      (asked.outcomes.length
        ? undefined
        : this.scenes.number([
            revision,
            "OK",
            asked.context.sort().join() || "write",
            asked.without,
          ]))
    );
  }
}

/** Two scenarios on one clock: only where the clock stands can change. */
export class PairLink {
  /**
   * @param {string} name
   * @param {Surroundings<DuoState>} model
   */
  constructor(name, model) {
    this.fixed = [name, ...model.get("_sides").map((side) => side.name)];
    this.lists = model
      .get("_sides")
      .map(({ trace }) => trace.steps.filter((step) => !step.inside))
      .sort((a, b) => b.length - a.length);
  }

  /** @param {Surroundings<DuoState>} model */
  said(model) {
    return spelled([
      ...this.fixed,
      model.get("reader") && "reader",
      model.get("view") === "stage" && "stage",
      `at=${labelOf(this.lists[0][model.get("clock") - 1])}`,
    ]);
  }

  /** @param {string} hash */
  read(hash) {
    /** @type {Pick<DuoState, "clock" | "view" | "reader">} */
    const looks = { clock: 1, view: "full", reader: false };
    for (const word of words(hash)) {
      if (word.startsWith("clock=")) looks.clock = number(word, "tick", this.lists[0].length);
      else if (word.startsWith("at=")) looks.clock = place(word, ...this.lists);
      else if (word === "reader") looks.reader = true;
      else if (VIEWS.some((view) => view === word)) {
        looks.view = word === "stage" ? "stage" : "full";
      } else if (!this.fixed.includes(word)) {
        throw Error(`The link says “${word}”, and this page shows ${this.fixed.join(", ")} only.`);
      }
    }
    return { looks };
  }
}
