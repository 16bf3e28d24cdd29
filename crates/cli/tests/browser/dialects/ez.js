// What a page of eZ Platform's kind does with its API: the root says where sessions are, and the session says what proves it.
class Client {
  constructor(root) {
    this.root = root;
    this.session = JSON.parse(localStorage.getItem("session"));
  }

  async ask(method, path, headers = {}, body) {
    const sent = new Headers(headers);
    if (this.session) sent.set("X-CSRF-Token", this.session.csrfToken);
    let verb = method;
    if (!["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE"].includes(method)) {
      sent.set("X-HTTP-Method-Override", method);
      verb = "POST";
    }
    const answer = await fetch(path, { method: verb, headers: sent, body });
    const text = await answer.text();
    const isJson = answer.headers.get("Content-Type")?.includes("json") && text;
    return { status: answer.status, document: isJson ? JSON.parse(text) : text };
  }

  async links() {
    const { document } = await this.ask("GET", this.root, { Accept: "application/vnd.ez.api.Root+json" });
    return document.Root;
  }

  async logIn(login, password) {
    const { createSession } = await this.links();
    const answer = await this.ask("POST", createSession._href, {
      Accept: "application/vnd.ez.api.Session+json",
      "Content-Type": "application/vnd.ez.api.SessionInput+json",
    }, JSON.stringify({ SessionInput: { login, password } }));
    if (answer.status < 300) this.remember(answer.document.Session);
    return answer;
  }

  async isLoggedIn() {
    const { refreshSession } = await this.links();
    const path = refreshSession._href.replace("{sessionId}", this.session.identifier);
    const answer = await this.ask("POST", path, { Accept: refreshSession["_media-type"] }, "");
    if (answer.status >= 400) this.remember(null);
    return answer;
  }

  async logOut() {
    const answer = await this.ask("DELETE", this.session._href, {}, "");
    if (answer.status < 300) this.remember(null);
    return answer;
  }

  remember(session) {
    this.session = session;
    session ? localStorage.setItem("session", JSON.stringify(session)) : localStorage.removeItem("session");
  }
}

window.client = new Client("/api/ezp/v2/");
