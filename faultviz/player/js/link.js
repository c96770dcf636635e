/**
 * What a page shows as the words of a link, such as `#s390,v3,COMPLETED,step=7`, and back again.
 *
 * A link says all of it: what it leaves out is as usual (merged, auto, write, step 1). What cannot be
 * is refused with one sentence. Not here: when the address is written or read (`page`).
 */

const LOOKS = ["gate", "inside", "reader"];
const VIEWS = ["first", "full", "stage"];

/** The words of a link, without the sign before them. */
export function words(hash) {
  try {
    return hash.replace(/^#/, "").split(",").map((word) => decodeURIComponent(word).trim()).filter(Boolean);
  } catch {
    throw Error("This link is damaged: a % in it says nothing.");
  }
}

function spelled(all) {
  return `#${all.filter(Boolean).map((word) => encodeURIComponent(word).replaceAll("%2B", "+").replaceAll("%3D", "=")).join(",")}`;
}

function number(word, what, last) {
  const text = word.split("=")[1];
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > last) throw Error(`There is no ${what} ${text}: choose 1 to ${last}.`);
  return n;
}

/** One handler with its scenarios. */
export class SceneLink {
  constructor(scenes) {
    this.scenes = scenes;
    this.told = scenes.told;
  }

  said(model) {
    const [outcomes, context, without] = ["outcomes", "context", "without"].map((name) => model.get(name));
    const view = model.get("view");
    return spelled([
      this.told.name, model.get("revision"), ...(outcomes === "auto" ? [] : outcomes.split(",")),
      ...(context === "write" ? [] : context.split(",")), without && `without=${without}`,
      ...LOOKS.filter((look) => model.get(look)), view === "full" ? "" : view, `step=${model.get("step")}`,
    ]);
  }

  /** The number of a scenario and how it is looked at; throws a sentence. */
  read(hash) {
    const { name, revisions, leftOut } = this.told;
    const asked = { revision: "", outcomes: [], context: [], without: "", step: "", looks: { view: "full" } };
    words(hash).forEach((word, i) => this.take(word, i, asked));
    for (const look of LOOKS) asked.looks[look] ??= false;
    const revision = asked.revision || (revisions.includes("merged") ? "merged" : revisions.at(-1));
    const n = this.find(revision, asked);
    if (n === undefined) {
      const gone = this.scenes.names.some((one) => one[0] === revision && one[3] === asked.without);
      if (!gone) throw Error(`From ${name} ${revision} nothing called “${asked.without}” can be taken away.`);
      const why = this.scenes.impossible.get(this.names(revision, asked)[0].join("\n"));
      throw Error(why ?? `${name} ${revision} has nothing of that kind here. ${leftOut}`);
    }
    const { steps } = this.scenes.part(n, "trace");
    return { n, looks: { ...asked.looks, step: asked.step ? number(asked.step, "step", steps.length) : 1 } };
  }

  take(word, i, asked) {
    const { name, revisions, outcomes, words: known } = this.told;
    const key = word.split("=")[0];
    if (i === 0 && word === name) return;
    if (revisions.includes(word)) asked.revision = word;
    else if (outcomes.includes(word.split("+")[0])) asked.outcomes.push(word);
    else if (word === "auto") asked.outcomes = [];
    else if (known.includes(word)) asked.context.push(word);
    else if (key === "step") asked.step = word;
    else if (key === "without") asked.without = word.slice(8);
    else if (LOOKS.includes(word)) asked.looks[word] = true;
    else if (VIEWS.includes(word)) asked.looks.view = word;
    else if (i === 0) throw Error(`This page is about ${name}, and the link about “${word}”.`);
    else throw Error(`The link says “${word}”, which is no revision (${revisions.join(", ")}), answer, page event or context of ${name}.`);
  }

  /** As a scenario may be spelled: one RETRY is answered OK, and a page event brings its store. */
  names(revision, { outcomes, context, without }) {
    const answers = outcomes.join() || "auto";
    const spellings = [[...context], [...context, "write"]].map((all) => [...new Set(all)].sort().join() || "write");
    return [answers, `${answers},OK`].flatMap((one) => spellings.map((all) => [revision, one, all, without]));
  }

  find(revision, asked) {
    return this.names(revision, asked).map((names) => this.scenes.number(names)).find((n) => n !== undefined)
      ?? (asked.outcomes.length ? undefined : this.scenes.number([revision, "OK", asked.context.sort().join() || "write", asked.without]));
  }
}

/** Two scenarios on one clock: only where the clock stands can change. */
export class PairLink {
  constructor(name, model) {
    this.fixed = [name, ...model.get("_sides").map((side) => side.name)];
    this.last = Math.max(...model.get("_sides").map(({ trace }) => trace.steps.filter((step) => !step.inside).length));
  }

  said(model) {
    return spelled([...this.fixed, model.get("reader") && "reader", model.get("view") === "stage" && "stage", `clock=${model.get("clock")}`]);
  }

  read(hash) {
    const looks = { clock: 1, view: "full", reader: false };
    for (const word of words(hash)) {
      if (word.startsWith("clock=")) looks.clock = number(word, "tick", this.last);
      else if (word === "reader") looks.reader = true;
      else if (VIEWS.includes(word)) looks.view = word === "stage" ? "stage" : "full";
      else if (!this.fixed.includes(word)) throw Error(`The link says “${word}”, and this page shows ${this.fixed.join(", ")} only.`);
    }
    return { looks };
  }
}
