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
  copy: element("ask-copy"),
  not: element("ask-not"),
};

const { recent, recentFor } = document.body.dataset;
const recentUntil = performance.now() + Number(recent) * 1000;
let confirmedUntil = 0;
const isRecent = () => performance.now() < Math.max(recentUntil, confirmedUntil);

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

/** Offers what was shown this once to be copied, where the browser lets pages do so. */
const offerCopy = (text) => {
  ask.copy.hidden = !text || !navigator.clipboard;
  ask.copy.textContent = "Copy";
  ask.copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(text);
      ask.copy.textContent = "Copied";
    } catch {
      ask.copy.textContent = "Not copied: mark it, and copy it by hand";
    }
  };
};

/**
 * Opens the dialog. `act` does what is asked for; what it returns is shown before the dialog closes, and `then` comes last. Where
 * there is a `word`, it must be written first. An `error` is all that there is to say.
 */
const question = ({ title, text, changes = [], label, dangerous, word, harmless, error, act, then }) => {
  ask.title.textContent = title;
  show(ask.text, text);
  ask.changes.replaceChildren(
    ...changes.map((change) => Object.assign(document.createElement("li"), { textContent: change })),
  );
  ask.changes.hidden = changes.length === 0;
  show(ask.said);
  show(ask.wrong);
  offerCopy();
  if (error) {
    tell(ask.wrong, error, "try again");
  }
  ask.go.hidden = !act;
  setBusy(ask.go, false);
  ask.go.textContent = label;
  ask.go.classList.toggle("danger", Boolean(dangerous));
  ask.not.textContent = act ? "Cancel" : "Close";
  if (!ask.dialog.open) {
    ask.dialog.showModal();
  }
  // What cannot be taken back is not one key away.
  (act && !dangerous ? ask.go : ask.not).focus();
  wantPassword(Boolean(act) && !harmless && !isRecent());
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
    if (!act || ask.go.hidden || isBusy(ask.go)) {
      return;
    }
    show(ask.wrong);
    if (word && ask.word.value.trim() !== word) {
      show(ask.wrong, `Write ${word}, or cancel.`);
      ask.word.focus();
      return;
    }
    setBusy(ask.go, true);
    try {
      if (!ask.again.hidden) {
        await call("POST", ofRealm("/user/sessions/current/confirm"), { password: ask.password.value });
        confirmedUntil = performance.now() + Number(recentFor) * 1000;
        wantPassword(false);
        ask.go.focus();
      }
      const shown = await act();
      isDone = true;
      if (!shown) {
        leave();
        return;
      }
      ask.title.textContent = shown.title;
      show(ask.text, shown.text);
      ask.said.replaceChildren(...shown.parts);
      ask.said.hidden = false;
      offerCopy(shown.copy);
      ask.go.hidden = true;
      ask.not.textContent = "Close";
      (ask.copy.hidden ? ask.not : ask.copy).focus();
    } catch (error) {
      setBusy(ask.go, false);
      if (error.code === "reauth_required") {
        confirmedUntil = 0;
        wantPassword(true);
      } else if (error.code === "user_changed" || error.code === "role_changed") {
        await outdated(error, changes);
      } else {
        tell(ask.wrong, error, `press “${label}” again`);
        (ask.again.hidden ? ask.go : ask.password).focus();
      }
    }
  };
};

/** Who has altered this user last, for those who may read that. */
const lastChange = async () => {
  const whose = document.querySelector("[data-whose]")?.dataset;
  if (!whose) {
    return "";
  }
  const asked = new URLSearchParams({ realm: whose.of, login: whose.whose, limit: "20" });
  const answer = await fetch(`${mount}/admin/audit?${asked}`);
  const events = answer.ok ? (await json(answer)).items : [];
  const last = events.find(({ kind, actor }) => actor && kind.startsWith("user_"));
  return last ? `The last change was made by ${last.actor}, ${written.format(new Date(last.at))}.` : "";
};

/** Somebody else was faster: whoever asks sees what they wanted, and goes on from what is there now. */
const outdated = async (error, changes) => {
  const words = [error.message, await lastChange(), "Nothing of this was saved:"];
  question({
    title: "Somebody else was faster",
    text: words.slice(0, changes.length > 0 ? 3 : 2).filter(Boolean).join(" "),
    changes,
    label: "Show it as it is now",
    harmless: true,
    act: async () => {},
    then: () => goTo(),
  });
};

