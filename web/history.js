// The questions asked on this device: kept by this browser alone, until they are cleared.

import { store, stored } from "./stored.js";

const KEY = "pilcrow-asked";
const MOST = 100;

/** {question, report}, newest first. */
export function asked() {
  try {
    const found = JSON.parse(stored(KEY));
    return Array.isArray(found) ? found.filter((each) => typeof each?.question === "string") : [];
  } catch {
    return [];
  }
}

export function remember(question, report) {
  const same = (each) => each.question === question && each.report === report;
  const all = [{ question, report }, ...asked().filter((each) => !same(each))];
  store(KEY, JSON.stringify(all.slice(0, MOST)));
}

export function forget() {
  store(KEY, "[]");
}
