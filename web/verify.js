// Checks without leaving the page: the server renders the answer, as it does without JavaScript.

const form = document.getElementById("verify");
const checks = document.getElementById("checks");
const status = document.getElementById("status");

/** The words struck out and put in, "[-report's-] {+draft's+}", as <del> and <ins>. */
function mark(line) {
  let into = document.createDocumentFragment();
  const whole = into;
  for (const part of line.textContent.split(/(\[-|-\]|\{\+|\+\})/)) {
    if (into === whole && (part === "[-" || part === "{+")) {
      into = document.createElement(part === "[-" ? "del" : "ins");
      whole.append(into);
    } else if (part === (into.nodeName === "DEL" ? "-]" : into.nodeName === "INS" ? "+}" : null)) {
      into = whole;
    } else {
      into.append(part);
    }
  }
  line.replaceChildren(whole);
}

function dress() {
  checks.querySelectorAll(".difference").forEach(mark);
}

async function check(event) {
  event.preventDefault();
  checks.setAttribute("aria-busy", "true");
  status.textContent = "Checking…";
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.getElementById("checks");
    if (!found) throw new Error(`the server answered ${response.status}`);
    checks.replaceChildren(...found.childNodes);
    dress();
    const summary = checks.querySelector("h2");
    status.textContent = summary ? summary.textContent : "";
    summary?.scrollIntoView({ block: "start" });
  } catch (error) {
    status.textContent = `The draft could not be checked: ${error.message}`;
    const said = document.createElement("p");
    said.textContent = status.textContent;
    checks.replaceChildren(said);
  } finally {
    checks.removeAttribute("aria-busy");
  }
}

form.addEventListener("submit", check);
dress();
