/**
 * A page of a lesson: players that can be stepped, and questions that answer.
 */
import { asks } from "./ask.js";
import { players } from "./start.js";

document.querySelectorAll("form.asks").forEach(asks);
players();
document.getElementById("blocked").remove();
