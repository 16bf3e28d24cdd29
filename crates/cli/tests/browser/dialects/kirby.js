// What a page of a site of Kirby's kind does with its API: the token stands in the page, and goes along with every request.
class Client {
  constructor(token) {
    this.token = token;
  }

  async ask(method, path, body) {
    const headers = { "X-CSRF": this.token };
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch("/api/" + path, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, token: answer.headers.get("X-CSRF"), body: await answer.json() };
  }

  logIn(email, password) {
    return this.ask("POST", "auth/login", { email, password, long: false });
  }

  // A page that no server renders asks for its token.
  async fetchToken() {
    const answer = await fetch("/user/csrf");
    this.token = (await answer.json()).csrf_token;
    return answer.status;
  }
}

window.client = new Client(document.querySelector("meta[name=csrf]").content);
