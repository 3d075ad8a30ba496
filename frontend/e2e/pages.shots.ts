import { pictures } from "./pictures";
import { states } from "./states";

for (const state of states) pictures(state);
