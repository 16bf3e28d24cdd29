// Reading works without this. With it, something can be changed: a button or a form says which resource of the API it asks, the
// dialog says what that will change, and asks for the password where the last one was given too long ago.

const { mount, realm, csrf } = document.body.dataset;
document.documentElement.classList.add("scripted");
for (const fields of document.querySelectorAll("fieldset[data-scripted]")) {
  fields.disabled = false;
}

const element = (id) => document.getElementById(id);
const ofRealm = (path) => `${path}?realm=${encodeURIComponent(realm)}`;
const json = (answer) => answer.json().catch(() => ({}));

/** What an answer refused, as an error. */
const refused = (problem) => {
  const text = [problem.title, problem.detail].filter(Boolean).join(" ") || "This did not work.";
  return Object.assign(new Error(text), { code: problem.type?.replace("urn:doorward:problem:", "") });
};

/** The token against forgery. It is asked for when it is needed, and kept nowhere. */
const proof = async () => {
  const answer = await fetch(mount + ofRealm("/user/sessions/current"));
  const current = await json(answer);
  if (!answer.ok) {
    throw refused(current);
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
    throw refused(content);
  }
  return content;
};

const show = (place, text) => {
  place.textContent = text ?? "";
  place.hidden = !text;
};

/** Says what was refused. Whose session has ended reads how to go on: what they have typed stays where it is. */
const tell = (place, error, next) => {
  if (error.code !== "not_logged_in") {
    show(place, error.message);
    return;
  }
  show(place, "Your session has ended. ");
  const way = document.createElement("a");
  way.href = `${mount}${ofRealm("/login")}&return_to=${encodeURIComponent(`${mount}/panel`)}`;
  way.target = "_blank";
  way.rel = "noopener";
  way.textContent = "Log in in a new tab";
  place.append(way, `, then ${next}.`);
};

/** A button that works is passed over, but keeps the focus. */
const setBusy = (button, busy) => button.setAttribute("aria-disabled", String(busy));
const isBusy = (button) => button.getAttribute("aria-disabled") === "true";

/** Goes to a page, or to this one anew; it says there what was done. */
const goTo = (place, done) => {
  const target = new URL(place ? mount + place : location.href, location.href);
  target.hash = "";
  if (done) {
    target.searchParams.set("done", done);
  }
  if (place) {
    location.assign(target);
  } else {
    location.replace(target);
  }
};

// What was done is said once: it is no part of the address, and is put there again so that it is read out.
const done = element("done");
if (done) {
  const { pathname, search } = location;
  const query = new URLSearchParams(search);
  query.delete("done");
  history.replaceState(null, "", query.size > 0 ? `?${query}` : pathname);
  const text = done.textContent;
  done.textContent = "";
  setTimeout(() => (done.textContent = text), 100);
}

