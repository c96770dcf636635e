/**
 * The oldest browsers that have all that our scripts and styles ask for, by MDN's table of who has what.
 *
 * tsc says which member of the language or the page each name is; a style is read by its words. What a
 * browser may lack without harm is a row of `WITHOUT`, with what is seen then. Not here: whether it is
 * true in a browser (tests/test_page.py takes what the floor needs away, and sees the picture).
 *
 * @import { CompatStatement, Identifier } from "@mdn/browser-compat-data"
 * @typedef {"chrome" | "firefox" | "safari"} Browser
 * @typedef {{name: string, since: {[browser in Browser]: number}}} Feature
 */
import bcd from "@mdn/browser-compat-data/forLegacyNode";
import ts from "typescript";

/** @type {Browser[]} */
export const BROWSERS = ["chrome", "firefox", "safari"];

/** By feature, with all that stands below it: what is seen where a browser has it not. */
export const WITHOUT = {
  "css.selectors.has":
    "a tick that cannot be set, and a choice that was handed in, look as others do",
  "css.properties.zoom": "an exercise on the projector has its usual size",
  "css.types.color.color-mix": "a thread that waits has its dashed border without the hatching",
  "css.properties.scrollbar-width": "a scroll bar has its usual width",
  "css.properties.accent-color": "ticks have the browser's own colour",
  "css.properties.paint-order": "nothing else: the table means HTML, and in SVG it is old",
  "css.properties.font-family.ui-monospace": "the next font of the list",
  "css.properties.break-after.avoid": "a heading may be the last line on paper",
  "css.properties.size": "paper as the printer has it",
  "css.properties.print-color-adjust": "its older name stands beside it",
  "css.properties.forced-color-adjust": "no browser without it has a system that forces colours",
  "css.at-rules.page": "paper as the printer has it",
};

/**
 * Where a name stands in the table; undefined where it does not.
 * @param {...string} path
 * @returns {Identifier | undefined}
 */
function row(...path) {
  /** @type {unknown} */
  let at = bcd;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = /** @type {{[name: string]: unknown}} */ (at)[name];
  }
  return /** @type {Identifier} */ (at);
}

/**
 * @param {string} name
 * @param {Identifier | undefined} found
 * @returns {Feature[]}
 */
function feature(name, found) {
  const compat = found?.__compat;
  if (!compat) return [];
  const [chrome, firefox, safari] = BROWSERS.map((browser) => since(compat, browser));
  return [{ name, since: { chrome, firefox, safari } }];
}

/**
 * The version from which a browser has something as it is; Infinity where none has.
 * @param {CompatStatement} compat
 * @param {Browser} browser
 */
function since({ support }, browser) {
  const told = [support[browser] ?? []].flat();
  const whole = told.filter(
    (one) =>
      !one.flags &&
      !one.prefix &&
      !one.alternative_name &&
      !one.partial_implementation &&
      !one.version_removed,
  );
  const found = whole.map(({ version_added }) =>
    parseFloat(String(version_added).replace("≤", "")),
  );
  return Math.min(...found.map((one) => (Number.isNaN(one) ? Infinity : one)), Infinity);
}

/**
 * Where the table has the members of what TypeScript calls otherwise.
 * @type {{[holder: string]: string}}
 */
const CALLED = {
  Body: "Response",
  CallableFunction: "Function",
  HTMLHyperlinkElementUtils: "HTMLAnchorElement",
  NodeListOf: "NodeList",
  SVGFitToViewBox: "SVGSVGElement",
  Uint8Array: "TypedArray",
};
const HOLDERS = [
  "Element",
  "Document",
  "Node",
  "HTMLElement",
  "SVGElement",
  "Window",
  "EventTarget",
  "Event",
];

/**
 * @param {string} holder an interface of TypeScript's own libraries
 * @param {string} member
 */
export function ofMember(holder, member, isStatic = false) {
  const short = holder.replace(/Constructor$/, "").replace(/^Readonly(?=Array|Map|Set)/, "");
  const plain = Object.hasOwn(CALLED, short) ? CALLED[short] : short;
  if (plain === "DOMStringMap") return []; // names of ours
  if (plain === "CSSStyleDeclaration") {
    const property = member.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`);
    return feature(`css.properties.${property}`, row("css", "properties", property));
  }
  const places = [
    ["api", plain, isStatic ? `${member}_static` : member],
    ["javascript", "builtins", plain, member],
    ...HOLDERS.map((one) => ["api", one, member]),
    ["api", member],
    ["javascript", "builtins", member],
  ];
  const place = places.find((one) => row(...one)?.__compat);
  return place ? feature(place.join("."), row(...place)) : undefined;
}

/**
 * What the scripts ask for.
 * @param {string} config a file of tsc
 */
export function ofScripts(config) {
  const read = ts.getParsedCommandLineOfConfigFile(
    config,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  );
  const program = ts.createProgram(read?.fileNames ?? [], read?.options ?? {});
  const checker = program.getTypeChecker();
  /** @type {Map<string, Feature[] | undefined>} */
  const found = new Map();
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      for (const declared of checker.getSymbolAtLocation(node)?.declarations ?? []) {
        const file = declared.getSourceFile();
        if (!program.isSourceFileDefaultLibrary(file) || ts.isTypeNode(node.parent)) continue;
        // What is static stands in the type of a variable: declare var URL: { createObjectURL... }
        const within = ts.isTypeLiteralNode(declared.parent)
          ? declared.parent.parent
          : declared.parent;
        const { name: named } = /** @type {{name?: ts.Node}} */ (within);
        const holder = named && ts.isIdentifier(named) ? named.text : "";
        if (ts.isInterfaceDeclaration(declared) || ts.isTypeAliasDeclaration(declared)) continue;
        const name = `${holder}.${node.text}`;
        const known = found.get(name) ?? ofMember(holder, node.text, within !== declared.parent);
        found.set(name, known);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles()) {
    if (!file.isDeclarationFile && file.fileName.endsWith(".js")) visit(file);
  }
  return found;
}

/**
 * What a style asks for.
 * @param {string} css
 */
export function ofStyle(css) {
  const text = css.replace(/\/\*.*?\*\//gs, "").replace(/"[^"]*"/g, '""');
  /** @type {Feature[]} */
  const found = [];
  const take = (/** @type {string[]} */ ...path) =>
    found.push(...feature(path.join("."), row(...path)));
  for (const [, name] of text.matchAll(/@([\w-]+)/g)) take("css", "at-rules", name);
  for (const [, name] of text.matchAll(/\(([\w-]+):/g)) take("css", "at-rules", "media", name);
  for (const [, name] of text.matchAll(/::?([\w-]+)(?=[^{};]*\{)/g)) take("css", "selectors", name);
  for (const [, name] of text.matchAll(/\d(cqw|cqh|cqi|dvh|svh|lvh|rem|ch|vh|vw)\b/g)) {
    take("css", "types", "length", name.startsWith("cq") ? "container_query_length_units" : name);
  }
  for (const [, name, value] of text.matchAll(/[{;]\s*([\w-]+)\s*:([^;{}]*)/g)) {
    take("css", "properties", name);
    for (const [word] of value.matchAll(/[a-z][\w-]*/g)) take("css", "properties", name, word);
    for (const [, word] of value.matchAll(/([a-z][\w-]*)\(/g)) {
      take("css", "types", word);
      take("css", "types", "color", word);
    }
  }
  return found;
}
