/**
 * A graph that can be walked without seeing it: each node has a name that says where its edges lead,
 * and Shift with an arrow goes along them. To a screen reader it is a list box, of which one node is
 * chosen: so it passes the keys on while the graph has the focus, and says the node that is reached.
 * An application would be taken for a document of its own by Orca, which then says nothing.
 *
 * @import { Picture } from "./picture.js"
 * @import { Speech } from "./speech.js"
 */
import { mark, nextId } from "./parts.js";
import { ended } from "./speech.js";

/**
 * The edges on from a node, or to it, each with its label and the node at its other end.
 * @param {Picture} picture
 * @param {string} id
 * @param {"from" | "to"} end
 */
function edgesOf(picture, id, end) {
  return [...picture.edges.values()]
    .filter((edge) => edge[end] === id)
    .map(({ g, from, to }) => {
      const other = picture.node(end === "from" ? to : from);
      const label = g.querySelector("text")?.textContent ?? "";
      return { g, other, label, onto: picture.said(other) };
    });
}

/**
 * An edge in words: “yes leads to unlock”.
 * @param {ReturnType<typeof edgesOf>[number]} edge
 */
function leadsTo({ label, onto }) {
  return `${label ? `${label} leads` : "Leads"} to ${onto}`;
}

/**
 * Give a picture's nodes their names; all else in it is only seen.
 * @param {Picture} picture
 * @param {"option" | "img"} role as what they are walked, or only read
 */
export function nameNodes(picture, role) {
  picture.root.setAttribute("role", "group");
  const edges = [...picture.edges.values()].map(({ g }) => g);
  for (const seen of [...edges, picture.token, picture.note]) {
    seen.setAttribute("aria-hidden", "true");
  }
  for (const node of picture.nodes.values()) {
    const on = edgesOf(picture, node.id, "from").map(leadsTo);
    node.g.id ||= `fv-node-${nextId()}`;
    node.g.setAttribute("role", role);
    node.g.setAttribute(
      "aria-label",
      `${ended(picture.said(node))} ${ended(on.join("; ") || "The end")}`,
    );
  }
}

export class Walk {
  /**
   * @param {HTMLElement} pane which holds the pictures, and has the focus while they are walked
   * @param {Speech} speech
   * @param {() => void} stood is called at each node that one stands at
   */
  constructor(pane, speech, stood) {
    this.pane = pane;
    this.speech = speech;
    this.stood = stood;
    pane.setAttribute("role", "listbox");
    pane.setAttribute("aria-roledescription", "graph");
    /** @type {Picture | null} */
    this.picture = null;
    this.aim = 0;
    /** @type {string[]} the nodes come from */
    this.past = [];
  }

  /**
   * The picture that is shown, whose current node changes.
   * @param {Picture} picture
   */
  show(picture) {
    if (this.picture !== picture) {
      this.picture = picture;
      this.past = [];
      this.choose(null);
    }
    picture.root.querySelector("[aria-current]")?.removeAttribute("aria-current");
    picture.now?.g.setAttribute("aria-current", "step");
  }

  /**
   * Stand at a node; the focus comes along, and with it the reader's own keys go.
   * @param {string} id
   */
  stand(id) {
    this.look(id);
    this.pane.focus({ preventScroll: true });
  }

  /**
   * The same from elsewhere, such as the map, which keeps the focus.
   * @param {string} id
   */
  look(id) {
    const { pane, picture } = this;
    if (!picture) return;
    picture.point(id);
    picture.reveal(pane, false, picture.node(id));
    this.aim = 0;
    this.point();
    this.choose(picture.node(id).g);
    this.stood();
  }

  /** @param {SVGGElement | null} g a node, or none */
  choose(g) {
    this.pane.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
    this.pane.removeAttribute("aria-activedescendant");
    g?.setAttribute("aria-selected", "true");
    if (g) this.pane.setAttribute("aria-activedescendant", g.id);
  }

  /**
   * Another node in reading order.
   * @param {number} by
   */
  step(by) {
    this.past = [];
    if (this.picture) this.stand(this.picture.beyond(by));
  }

  get here() {
    return this.picture?.cursor ?? this.picture?.now ?? null;
  }

  /** Along the chosen edge. */
  on() {
    const { here, picture } = this;
    if (!here || !picture) return;
    const edge = edgesOf(picture, here.id, "from")[this.aim];
    if (!edge) {
      this.speech.say("No edge leads on from here.");
      return;
    }
    this.past.push(here.id);
    this.stand(edge.other.id);
  }

  /** Back to where one came from, or else against an edge. */
  back() {
    const { here, picture } = this;
    if (!here || !picture) return;
    const from = this.past.pop() ?? edgesOf(picture, here.id, "to")[0]?.other.id;
    if (from === undefined) this.speech.say("No edge leads here.");
    else this.stand(from);
  }

  /**
   * Choose another of the edges on; it is said, for the node stays.
   * @param {number} by
   */
  turn(by) {
    const { here, picture } = this;
    if (!here || !picture) return;
    const all = edgesOf(picture, here.id, "from");
    if (!picture.cursor) this.stand(here.id);
    if (!all.length) return;
    this.aim = (this.aim + by + all.length) % all.length;
    this.point();
    this.speech.say(ended(leadsTo(all[this.aim])));
  }

  /** Mark the chosen edge. */
  point() {
    const { here, picture } = this;
    if (!here || !picture) return;
    const chosen = edgesOf(picture, here.id, "from")[this.aim];
    for (const { g } of picture.edges.values()) mark(g, "aimed", g === chosen?.g);
  }
}
