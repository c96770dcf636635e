/**
 * What Python and the browser tell each other, by the names of the widgets' traits.
 *
 * Written by hand, because in Python these are plain dictionaries; tests/test_javascript.py has tsc
 * read what Python really sends as these types, so a key that one side does not know is found.
 * Not here: types that only the browser has; they stand where they are used. JSDoc names this file
 * ./payload.js, as TypeScript wants it; there is no such script.
 */

// --- a trace (payload.py) ---------------------------------------------------------------------

/** An edge that was taken: the number of its frame, from, to, when, and the round. */
export type Taken = [frame: number, from: string, to: string, when: string, round: number];

export interface Step {
  /** Its place among all steps, from 1: the trait `step` counts so. */
  n: number;
  /** Its number as it is shown, in two: 9 and 0, or 9 and 3 for 9.3 inside handle_mm_fault. */
  own: number;
  below: number;
  node: string;
  /** Whether it is in the generic code, below handle_mm_fault. */
  inside: boolean;
  depth: number;
  short: string;
  /** What stands in lane and list while its question is open. */
  asked: string;
  what: string;
  /** The sentence without numbers, where it is another one. */
  brief: string | null;
  why: string;
  /** How often this task holds mmap_lock; below 0 where it gave up what it had not. */
  lock: number;
  words: string;
  since: string;
  result: string;
  flags: string;
  pte: string | null;
  /** Calls, pgfault, minor, major. */
  counters: number[];
  others: string;
  cite: string;
  source: string;
  broken: string[];
  /** What stands beside the node, in two lines or not at all. */
  note: string[];
  noteWidth: number;
  frame: number;
  round: number;
  ways: Taken[];
}

export interface Frame {
  function: string;
  path: string[];
}

export interface Trace {
  title: string;
  /** The title while a question is open. */
  open: string;
  without: string;
  end: string;
  steps: Step[];
  frames: Frame[];
}

// --- questions (course/questions/gate.py, gating.py) ------------------------------------------

export interface Option {
  value: string;
  label: string;
  right: boolean;
  reason: string;
  /** The reason without numbers, where it is another one. */
  brief: string | null;
}

export interface Question {
  kind: "calls" | "pgfault" | "node" | "lock" | "why";
  ask: string;
  options: Option[];
  elsewhere: string;
}

export interface Gate {
  n: number;
  said: string;
  /** The same without numbers, where it is another one. */
  brief: string | null;
  hides: "" | "lock" | "answer";
  questions: Question[];
}

/** The gates with the generic code passed over, and with it stepped through. */
export interface Gates {
  over: Gate[];
  inside: Gate[];
}

/** A gate's step, the number of its question, the answer (null: shown), and whether inside. */
export type Tried = [n: number, q: number, value: string | null, inside: boolean];

export interface Gated {
  n: number;
  q: number;
  misses: number;
  /** Nothing is judged yet where it is empty. */
  verdict: "" | "right" | "no" | "shown";
  said: string;
  /** The same without numbers. */
  brief: string;
  results: string[];
  closed: { [n: string]: string[] };
  tried: Tried[];
}

// --- what can be chosen (choices.py) ----------------------------------------------------------

export interface Choice {
  value: string;
  label: string;
  on: boolean;
  /** Why it cannot be chosen; null where it can. */
  why: string | null;
  title?: string;
  group?: string;
}

export interface Choices {
  which: string;
  handler: Choice[];
  revision: Choice[];
  event: Choice[];
  outcome: Choice[];
  word: Choice[];
  missing: Choice[];
  /** Where there is little room: a list for the outcomes, too. */
  compact?: boolean;
}

export interface Wish {
  kind: string;
  value: string;
  seq: string;
}

export interface Answer {
  seq?: string | number;
  problem?: string;
}

// --- the widgets' traits ----------------------------------------------------------------------

export interface Savable {
  /** By trait: what a saved notebook has instead; null where it has nothing of the widget. */
  _blank?: { [trait: string]: Json } | null;
}

/** By the name of a function: its picture. */
export type Pictures = { [name: string]: string };

export type View = "first" | "full" | "stage";

export interface PlayerState extends Savable {
  handler: string;
  revision: string;
  outcomes: string;
  context: string;
  without: string;
  step: number;
  inside: boolean;
  view: View;
  gate: boolean;
  reader: boolean;
  breakpoints: string[];
  _kind: string;
  _pictures: Pictures;
  _generic: Pictures;
  _trace: Trace;
  _choices: Choices;
  _gates: Gates;
  _gated: Gated;
  _token: string;
  /** The last one; nothing has been wished yet where it is empty. */
  _wish: Partial<Wish>;
  _answer: Answer;
  /** Whether a page without a kernel follows a link just now. */
  _linked?: boolean;
  /** Whether no kernel hears what is answered. */
  _alone?: boolean;
}

export interface DuoSide {
  name: string;
  trace: Trace;
  pictures: Pictures;
}

export interface DuoState extends Savable {
  clock: number;
  reader: boolean;
  view: View;
  _kind: string;
  _sides: DuoSide[];
  _first: number | null;
  _token: string;
}

/** A time of a lane: from, to (ns), and what it does then. */
export type Span = [start: number, end: number, state: "runs" | "waits" | "holds"];

export interface LanesTold {
  title: string;
  end: number;
  lanes: { who: string; spans: Span[] }[];
  ticks: { at: number; said: string; states: { [who: string]: string } }[];
}

export interface LanesState extends Savable {
  clock: number;
  view: View;
  _told: LanesTold;
}

export interface SavedState {
  _kind: string;
}

export interface RecordState extends SavedState {
  _page: string;
}

export interface WorkState extends SavedState {
  _text: string;
  _code: string;
  _count: number;
  _where: string;
  _said: { seq?: number; text?: string };
  _loaded: { seq?: number; text?: string };
  _asked: number;
}

// --- questions, tests and sortings (form_widget.py) -------------------------------------------

/** What any form is told: whose wish was done last, and why it was not. */
export interface Heard {
  seq?: string;
  problem?: string;
}

export interface FormState<Told, Values, Wants> {
  _kind: "ask" | "quiz" | "sort";
  _desk: Told & Heard;
  _form: Values;
  _given: Partial<Wants> & { seq?: string };
}

export interface AskItem {
  name: string;
  ask: string;
  answers: string[];
  /** The answer that was given last, from 1, and what was said of it. */
  number: number;
  said: string;
}

export interface AskTold {
  items: AskItem[];
  line: string;
}

/** By the name of a question: the answer that is chosen. */
export type AskValues = { [name: string]: number };

export interface AskWanted {
  do: "answer";
  name: string;
  number: number;
}

export type AskState = FormState<AskTold, AskValues, AskWanted>;

export interface SortTold {
  ask: string;
  bins: string[];
  handlers: { name: string; solved: boolean; listing: string }[];
  line: string;
  said: { handler: string; number: number; text: string } | null;
  picture: { handler: string; svg: string } | null;
}

export interface SortValues {
  handler: string;
  bin: number;
}

export interface SortWanted {
  do: "place" | "draw";
  handler: string;
  number?: number;
}

export type SortState = FormState<SortTold, Partial<SortValues>, SortWanted>;

export interface QuizQuestion {
  number: string;
  ask: string;
  answers: string[];
  reasons: string[];
}

export interface Outcome {
  total: string;
  columns: string[];
  rows: string[][];
  lines: string[];
}

export interface QuizTold {
  title: string;
  note: string;
  tried: string;
  sure: string[];
  groups: { shown: string; questions: QuizQuestion[] }[];
  said: string;
  over: boolean;
  outcome: Outcome | null;
}

/** By the number of a question: which answer, and which of `sure`; from 1, and 0 for none. */
export type QuizValues = { [number: string]: { chosen?: number; sure?: number } };

export interface QuizWanted {
  do: "hand in";
}

export type QuizState = FormState<QuizTold, QuizValues, QuizWanted>;

// --- exercises and the bench (desk.py, tries.py, bench_payload.py) ----------------------------

/** What every form shows. */
interface Told {
  title: string;
  about: string;
  seq?: string;
  problem?: string;
  tries?: number;
  worked?: string;
  said?: Verdict | null;
  replied?: Replied;
  followed?: Followed;
}

export interface Verdict {
  head: string;
  full: boolean;
  counts: string;
  /** Points (null: none are given for it), of how many, and the sentence. */
  rows: [points: number | null, of: number | null, text: string][];
}

export interface Replied {
  head: string;
  met: [ok: boolean, what: string][];
  letters: string[];
}

export interface Followed {
  way: string[];
  said: string;
}

/** A line of the listing: its number, its text, and the node that it stands for, if any. */
export type ListingLine = [n: number, text: string, node: string | null];

/** What is told of a program. */
export interface ProgramTold extends Told {
  lines: ListingLine[];
  places: { [node: string]: number };
  texts: { [node: string]: string };
  /** By the node of a call: the function. */
  calls: { [node: string]: string };
  /** By function: its first node. */
  entries: { [name: string]: string };
  root: string;
  rules: [name: string, sentence: string][];
  nodes: [node: string, line: string][];
  words: [word: string, meaning: string][];
  scripts: string[];
  /** The sentence for where there is no picture. */
  none: string;
}

export interface FindTold extends ProgramTold {
  kind: "find" | "trace";
}

/** A row of a diff: its sign, the number in the new file (0: it has none), and the text. */
export type DiffRow = [sign: string, n: number, text: string];

export interface Mail {
  words: string;
  rows: DiffRow[];
}

export interface ReviewTold extends ProgramTold {
  kind: "review";
  mail: Mail;
}

export interface WriteTold extends Told {
  kind: "write";
  starter: string;
}

/** What a line allows: edits, each with what it is called. */
export interface Allowed {
  buttons: [edit: string, label: string, title: string][];
  to: [edit: string, label: string][];
  move: number[];
  add: [edit: string, what: string][];
}

export interface Broken {
  rule: string;
  node: string;
  outcomes: string;
  context: string;
  steps: number;
  why: string;
}

export interface BenchTold extends ProgramTold {
  kind: "bench";
  how: { [how: string]: string };
  can: { [line: string]: Allowed };
  notes: Notes;
  made: string[];
  found: Broken[] | null;
  parted: string;
}

/** What was changed, by line. */
export type Notes = { [line: string]: string };

export type DeskTold = FindTold | ReviewTold | WriteTold | BenchTold;

/** What is chosen and not checked yet. */
export interface FormValues {
  ack: boolean | null;
  rule: string;
  node: string;
  line: string;
  how: string;
  outcomes: string;
  context: string;
  text: string;
  reply: string;
}

/** What the page wants done, with what the form holds. */
export type Wanted = {
  do: string;
  seq?: string;
  edit?: string;
  path?: string[];
} & Partial<FormValues>;

export interface AsksState {
  entering: boolean;
  way: string[];
  _kind: string;
  _desk: DeskTold;
  _form: Partial<FormValues>;
  _given: Partial<Wanted>;
  /** Only the bench has any: two ways, as a table. */
  _table?: string;
  _pictures: Pictures;
  _token: string;
}

/** What a widget of the player's script may have: those of its kind. */
export interface WidgetState extends PlayerState, DuoState, AsksState {}

/**
 * What a widget asks of its model. A notebook's (`AnyModel` of anywidget) has all of it, and so has
 * that of a page without a kernel (scenes.js).
 */
export interface Surroundings<State> {
  get<Name extends keyof State>(name: Name): State[Name];
  set<Name extends keyof State>(name: Name, value: State[Name]): void;
  save_changes(): void;
  on(what: string, act: () => void): void;
  off(what: string, act: () => void): void;
}

// --- pages without a kernel (pages/precomputed.py, pages/packing.py, pages/standalone.py) -----

/** How many objects, the names of their parts, and for each name a column of places. */
export type Shape = [count: number, names: string[], columns: number[][]];

export interface TableTold {
  texts: string[];
  values: (number | boolean | null)[];
  lists: number[][];
  shapes: Shape[];
}

/** Revision, outcomes, context and what is missing. */
export type Names = string[];

export interface SceneParts {
  scenario: Names;
  trace: Trace;
  choices: Choices;
  gates: Gates;
  /** By function: its picture in pieces. */
  pictures: { [name: string]: string[] };
  generic: { [name: string]: string[] };
  /**
   * By click: how far away in the list it leads; where only what is missing changes, also a sentence
   * for it, or none, and the last step that both traces have in common.
   */
  wishes: { [click: string]: number | [far: number, note: string, together: number] };
}

export interface HandlerTold {
  kind: "one";
  name: string;
  token: string;
  table: TableTold;
  scenes: { [part in keyof SceneParts]: number[] };
  impossible: number[];
  revisions: string[];
  words: string[];
  outcomes: string[];
  leftOut: string;
}

export type Looks = Partial<
  Pick<PlayerState, "step" | "view" | "gate" | "inside" | "reader" | "breakpoints">
>;

export interface HandlerPage {
  kind: "one";
  told: HandlerTold;
  start: Names;
  looks: Looks;
  /** By name: the address of another handler's page. */
  others: { [name: string]: string };
}

export interface PairPage {
  kind: "two";
  name: string;
  told: DuoState;
  looks: { [name: string]: never };
}

// --- what a saved notebook keeps of the widgets (kept.js, stub.js, opener.js) ------------------

export type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };

/** Traits, and a widget's part of a shelf: numbers of values, or the values themselves as JSON. */
export interface OnShelf<Value> {
  one: { [trait: string]: Value };
  parts: { [trait: string]: { [name: string]: Value } };
}

export interface Packed {
  values: string[];
  models: { [id: string]: OnShelf<number> };
}

/** A widget's state in a notebook, as the library of widgets has it. */
export interface Entry {
  model_name: string;
  state: {
    [name: string]: Json;
    _blank?: { [trait: string]: Json };
    _shelf?: string;
  };
}

export type States = { [id: string]: Entry };

/** A manager of widgets, as far as this is told of it: nbclassic's, Voilà's. */
export interface OtherManager {
  get_state(options?: { drop_defaults?: boolean }): Promise<{ state: States }>;
}

/** JupyterLab's manager of a notebook's widgets, as far as this is told of it. */
export interface Manager extends OtherManager {
  context?: {
    model?: {
      getMetadata?(name: string): { [mime: string]: { state?: States } | undefined } | undefined;
      toJSON?(): { cells: { outputs?: Json }[] };
    };
  };
  get_state_sync(options?: { drop_defaults?: boolean }): { state: States };
  disconnect(): void;
}

export interface Keepable {
  widget_manager?: Manager | OtherManager | { get_state?: undefined };
  on(what: string, act: () => void): void;
}

/** A widget that came out of a file, and the shelf that has the rest of it. */
export interface Kept {
  widget_manager: { get_model(id: string): Promise<Pick<Kept, "get">> };
  get(name: "_shelf" | "_id" | "_esm" | "_packed"): string;
  set(name: string, value: Json): void;
}

/** The script of a widget. */
export interface Script<Element> {
  initialize?(place: { model: Kept }): void | Promise<void>;
  render?(place: { model: Kept; el: Element }): (() => void) | void;
}
