// Reading works without this. With it, something can be changed: a button or a form says which resource of the API it asks, the
// dialog says what that will change, and asks for the password where the last one was given too long ago.

const { mount, realm, recent } = document.body.dataset;
const recentUntil = performance.now() + Number(recent) * 1000;
let confirmedUntil = 0;
document.documentElement.classList.add("scripted");

const element = (id) => document.getElementById(id);
const ask = {
  dialog: element("ask"),
  title: element("ask-title"),
  text: element("ask-text"),
  changes: element("ask-changes"),
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
  const headers = { "X-CSRF": await proof() };
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

const wantPassword = (wanted) => {
  ask.again.hidden = !wanted;
  ask.password.value = "";
  if (wanted) {
    ask.password.focus();
  }
};

/**
 * Opens the dialog. `act` does what is asked for; what it returns is shown before the dialog closes, and `then` comes last.
 */
const question = ({ title, text, changes = [], label, dangerous, act, then }) => {
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
  let isDone = false;
  const leave = () => {
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
    ask.go.disabled = true;
    show(ask.wrong);
    try {
      if (!ask.again.hidden) {
        await call("POST", ofRealm("/user/sessions/current/confirm"), { password: ask.password.value });
        confirmedUntil = performance.now() + 570_000;
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

const reload = () => location.reload();

/** A count as people read it. */
const many = (count, one, more) => (count === 1 ? `one ${one}` : `${count.toLocaleString("en")} ${more}`);

/** How many sessions would end, in words. */
const counted = async (target) => {
  const { count, left } = await call("DELETE", `${target}&count=true`);
  const words = [count === 1 ? "One session will end." : `${many(count, "session", "sessions")} will end.`];
  if (left > 0) {
    words.push(`${many(left, "more", "more")} will not: you may not decide about those.`);
  }
  return { text: words.join(" "), count };
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-method]");
  if (!button) {
    return;
  }
  const { method, target, title, body, then } = button.dataset;
  let { text } = button.dataset;
  let isSomething = true;
  if ("count" in button.dataset) {
    button.disabled = true;
    try {
      const found = await counted(target);
      text = found.text;
      isSomething = found.count > 0;
    } catch (error) {
      text = error.message;
      isSomething = false;
    } finally {
      button.disabled = false;
    }
  }
  question({
    title,
    text,
    label: button.dataset.do,
    dangerous: method === "DELETE" || button.classList.contains("danger"),
    act: isSomething
      ? async () => {
          const answer = await call(method, target, body && JSON.parse(body));
          return answer.code;
        }
      : undefined,
    then: () => (then ? location.assign(mount + then) : reload()),
  });
});

/** What a form says: all of it, or, for a form that changes something, what is not as it was. With the changes in words. */
const collect = (form) => {
  const body = {};
  const changes = [];
  const isChange = "changes" in form.dataset;
  const label = (field) => (field.labels?.[0]?.textContent ?? field.name).trim();
  const boxes = new Map();
  for (const field of form.elements) {
    if (!field.name) {
      continue;
    }
    if (field.type === "checkbox") {
      boxes.set(field.name, [...(boxes.get(field.name) ?? []), field]);
    } else if (field.type === "hidden") {
      body[field.name] = field.value;
    } else if (isChange ? field.value !== field.defaultValue : field.value !== "") {
      body[field.name] = field.value === "" && field.dataset.empty === "null" ? null : field.value;
      changes.push(`${label(field)}: ${isChange ? `${field.defaultValue || "nothing"} → ` : ""}${field.value || "nothing"}`);
    }
  }
  for (const [name, fields] of boxes) {
    const added = fields.filter((field) => field.checked && !field.defaultChecked).map((field) => field.value);
    const removed = fields.filter((field) => !field.checked && field.defaultChecked).map((field) => field.value);
    if (added.length + removed.length > 0) {
      body[name] = isChange ? { add: added, remove: removed } : added;
    }
    if (added.length > 0) {
      changes.push(`Gives ${added.join(", ")}`);
    }
    if (removed.length > 0) {
      changes.push(`Takes ${removed.join(", ")}`);
    }
  }
  return { body, changes };
};

/** A place with what an answer says in it. */
const filled = (pattern, item) => pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(item[name] ?? ""));

for (const form of document.querySelectorAll("form[data-method]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { method, target, title, then } = form.dataset;
    const { body, changes } = collect(form);
    if (changes.length === 0) {
      question({ title: "Nothing has changed", text: "There is nothing to save." });
      return;
    }
    let place;
    question({
      title,
      changes,
      label: form.dataset.do,
      act: async () => {
        const answer = await call(method, target, body);
        place = then && filled(then, answer);
      },
      then: () => (place ? location.assign(mount + place) : reload()),
    });
  });
}

// A file is fetched by the browser itself, which cannot give a password: that comes first.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-file]");
  if (!button) {
    return;
  }
  const fetchFile = () => location.assign(mount + button.dataset.file);
  question({
    title: button.dataset.title,
    text: "It holds all events that match, and that you took it is one itself.",
    label: button.dataset.do,
    act: async () => {},
    then: fetchFile,
  });
});

// Dates are written as the reader writes them.
const written = new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium", timeStyle: "short" });
const localise = (within) => {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime())) {
      time.textContent = written.format(date);
    }
  }
};
localise(document);

/** Fills a row of the list with what the API says. */
const row = (template, item) => {
  const content = template.content.cloneNode(true);
  for (const link of content.querySelectorAll("[data-href]")) {
    link.href = mount + filled(link.dataset.href, item);
  }
  for (const field of content.querySelectorAll("[data-field]")) {
    const value = item[field.dataset.field];
    if (field.localName === "time" && value) {
      field.dateTime = value;
    } else {
      field.textContent = (Array.isArray(value) ? value.join(", ") : value) ?? field.dataset.never ?? "";
    }
    if (field.dataset.bad && field.dataset.bad === value) {
      field.className = "badge bad";
    }
  }
  localise(content);
  return content;
};

/** A search as somebody types. What was asked for earlier and is answered later is passed over. */
const live = (form) => {
  const [rows, template, count] = [element("rows"), element("row"), element("count")];
  const more = document.querySelector("a[rel=next]");
  let [timer, asked] = [0, 0];
  const search = async () => {
    const mine = ++asked;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", query.size > 0 ? `?${query}` : location.pathname);
    const answer = await fetch(`${mount}${form.dataset.live}?limit=50&${query}`);
    const found = await json(answer);
    if (mine !== asked) {
      return;
    }
    if (!answer.ok) {
      count.textContent = said(found);
      return;
    }
    rows.replaceChildren(...found.items.map((item) => row(template, item)));
    rows.closest(".wide").hidden = found.items.length === 0;
    const words = many(found.items.length, "user", "users");
    count.textContent = found.items.length === 0 ? "Nobody is found." : found.next ? `The first ${words}` : words;
    more.parentElement.hidden = !found.next;
    query.set("after", found.next ?? "");
    more.href = `${form.action}?${query}`;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search().catch((error) => (count.textContent = error.message)), 200);
  });
};

for (const form of document.querySelectorAll("form[data-live]")) {
  live(form);
}

/** Those of a tree's items that are below one. */
const below = (items, place) => {
  const depth = Number(items[place].dataset.depth);
  const end = items.findIndex((item, other) => other > place && Number(item.dataset.depth) <= depth);
  return items.slice(place + 1, end < 0 ? items.length : end);
};

const box = (item, side) => item.querySelector(`[data-side=${side}]`);

/** A box that is not ticked says whether some below it are. */
const markSome = (items, side) => {
  items.forEach((item, place) => {
    const own = box(item, side);
    own.indeterminate = !own.checked && below(items, place).some((other) => box(other, side).checked);
  });
};

const list = (title, items) => (items.length > 0 ? [`${title}: ${items.join(", ")}`] : []);

for (const form of document.querySelectorAll("form[data-role]")) {
  const items = [...form.querySelectorAll("[data-depth]")];
  const sides = ["allow", "deny"];
  for (const side of sides) {
    markSome(items, side);
  }
  form.addEventListener("change", (event) => {
    const { side } = event.target.dataset;
    if (!side) {
      return;
    }
    const place = items.findIndex((item) => item.contains(event.target));
    const ticked = event.target.checked;
    for (const other of below(items, place)) {
      if (!box(other, side).disabled) {
        box(other, side).checked = ticked;
      }
    }
    // Whoever is above has not all below any more.
    items.slice(0, place).forEach((item, above) => {
      if (!ticked && below(items, above).includes(items[place])) {
        box(item, side).checked = false;
      }
    });
    markSome(items, side);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = form.dataset.role || form.elements.name.value;
    const ticked = (side) => items.map((item) => box(item, side)).filter((own) => own.checked).map((own) => own.value);
    const body = Object.fromEntries(sides.map((side) => [side, ticked(side)]));
    const place = `/admin/roles/${encodeURIComponent(name)}`;
    let seen;
    try {
      seen = await call("POST", `${place}/preview`, body);
    } catch (error) {
      question({ title: "This cannot be saved", text: error.message });
      return;
    }
    const people = seen.more_people ? "More than 10,000 people have" : seen.people === 1 ? "One person has" : `${seen.people.toLocaleString("en")} people have`;
    question({
      title: `Save ${name}?`,
      text: `${people} this role.`,
      changes: [
        ...list("It grants also", seen.grants),
        ...list("It no longer grants", seen.withdraws),
        ...list("It opens", seen.opens),
        ...list("It closes", seen.closes),
      ],
      label: "Save",
      act: async () => {
        if (form.dataset.role) {
          await call("PUT", place, { ...body, version: form.dataset.version });
        } else {
          await call("POST", "/admin/roles", { name, ...body });
        }
      },
      then: () => location.assign(`${mount}/panel/roles/${encodeURIComponent(name)}`),
    });
  });
}

// Figures follow what happens, as long as the page is looked at.
const figures = document.querySelector("[data-events]");
if (figures) {
  let source;
  const follow = () => {
    source?.close();
    source = undefined;
    if (document.hidden) {
      return;
    }
    source = new EventSource(mount + figures.dataset.events);
    source.addEventListener("figures", (event) => {
      const live = JSON.parse(event.data);
      for (const place of document.querySelectorAll("[data-live]")) {
        place.textContent = live[place.dataset.live].toLocaleString("en");
      }
    });
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

// A page that comes back from the browser's memory may show what its reader may not see any more.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    reload();
  }
});
