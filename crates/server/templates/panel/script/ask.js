// Reading works without this. With it, something can be changed: a button or a form says which resource of the API it asks, the
// dialog says what that will change, and asks for the password where the last one was given too long ago.

const { mount, realm, recent, recentFor, csrf } = document.body.dataset;
const recentUntil = performance.now() + Number(recent) * 1000;
let confirmedUntil = 0;
document.documentElement.classList.add("scripted");

const element = (id) => document.getElementById(id);
const ask = {
  dialog: element("ask"),
  title: element("ask-title"),
  text: element("ask-text"),
  changes: element("ask-changes"),
  words: element("ask-words"),
  wanted: element("ask-wanted"),
  word: element("ask-word"),
  again: element("ask-again"),
  password: element("ask-password"),
  said: element("ask-said"),
  wrong: element("ask-wrong"),
  go: element("ask-do"),
  not: element("ask-not"),
};

const ofRealm = (path) => `${path}?realm=${encodeURIComponent(realm)}`;
const json = (answer) => answer.json().catch(() => ({}));
const isRecent = () => performance.now() < Math.max(recentUntil, confirmedUntil);

/** What is to be said of an answer that is a refusal. */
const said = (problem) => {
  if (problem.type === "urn:doorward:problem:not_logged_in") {
    return "Your session has ended. Open the page again.";
  }
  return [problem.title, problem.detail].filter(Boolean).join(" ") || "This did not work.";
};

/** The token against forgery. It is asked for when it is needed, and kept nowhere. */
const proof = async () => {
  const answer = await fetch(mount + ofRealm("/user/sessions/current"));
  const current = await json(answer);
  if (!answer.ok) {
    throw new Error(said(current));
  }
  return current.csrf_token;
};

/** Asks the API. Answers what it said; throws what it refused. */
const call = async (method, path, body) => {
  const headers = { [csrf]: await proof() };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  const answer = await fetch(mount + path, { method, headers, body: body && JSON.stringify(body) });
  const content = answer.status === 204 ? {} : await json(answer);
  if (!answer.ok) {
    throw Object.assign(new Error(said(content)), { code: content.type });
  }
  return content;
};

const isStale = (error) => error.code === "urn:doorward:problem:reauth_required";

const show = (place, text) => {
  place.textContent = text ?? "";
  place.hidden = !text;
};

/** Asks for a word to be written, so that nobody does by a slip what they cannot take back. */
const wantWord = (wanted) => {
  ask.words.hidden = !wanted;
  ask.wanted.textContent = wanted ?? "";
  ask.word.value = "";
  if (wanted) {
    ask.word.focus();
  }
};

const wantPassword = (wanted) => {
  ask.again.hidden = !wanted;
  ask.password.value = "";
  if (wanted) {
    ask.password.focus();
  }
};

/**
 * Opens the dialog. `act` does what is asked for; what it returns is shown before the dialog closes, and `then` comes last. Where
 * there is a `word`, it must be written first.
 */
const question = ({ title, text, changes = [], label, dangerous, word, act, then }) => {
  ask.title.textContent = title;
  show(ask.text, text);
  ask.changes.replaceChildren(
    ...changes.map((change) => Object.assign(document.createElement("li"), { textContent: change })),
  );
  ask.changes.hidden = changes.length === 0;
  show(ask.said);
  show(ask.wrong);
  ask.go.hidden = !act;
  ask.go.disabled = false;
  ask.go.textContent = label;
  ask.go.classList.toggle("danger", Boolean(dangerous));
  ask.not.textContent = act ? "Cancel" : "Close";
  if (!ask.dialog.open) {
    ask.dialog.showModal();
  }
  wantPassword(Boolean(act) && !isRecent());
  wantWord(act && word);
  let isDone = false;
  const leave = () => {
    ask.password.value = "";
    ask.dialog.close();
    if (isDone) {
      then();
    }
  };
  ask.not.onclick = leave;
  ask.dialog.oncancel = (event) => {
    event.preventDefault();
    leave();
  };
  ask.dialog.querySelector("form").onsubmit = async (event) => {
    event.preventDefault();
    if (!act || ask.go.disabled) {
      return;
    }
    show(ask.wrong);
    if (word && ask.word.value.trim() !== word) {
      show(ask.wrong, `Write ${word}, or cancel.`);
      ask.word.focus();
      return;
    }
    ask.go.disabled = true;
    try {
      if (!ask.again.hidden) {
        await call("POST", ofRealm("/user/sessions/current/confirm"), { password: ask.password.value });
        confirmedUntil = performance.now() + Number(recentFor) * 1000;
        wantPassword(false);
      }
      const shown = await act();
      isDone = true;
      if (!shown) {
        leave();
        return;
      }
      show(ask.said, shown);
      ask.go.hidden = true;
      ask.not.textContent = "Close";
      ask.not.focus();
    } catch (error) {
      if (isStale(error)) {
        confirmedUntil = 0;
        wantPassword(true);
      } else {
        show(ask.wrong, error.message);
      }
      ask.go.disabled = false;
    }
  };
};

