/**
 * A page of a lesson: players that can be stepped, and questions that answer.
 */
import { everyAsk } from "./ask.js";
import { players } from "./start.js";

everyAsk();
players();
document.getElementById("blocked")?.remove();
