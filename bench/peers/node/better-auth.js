// better-auth over SQLite, with its own server of node:http. `node better-auth.js PORT FILE`
import { createServer } from "node:http";
import { LibsqlDialect } from "@libsql/kysely-libsql";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import { ANSWER, serve } from "./workers.js";

const [port, file] = process.argv.slice(2);
const options = {
  baseURL: `http://127.0.0.1:${port}`,
  secret: "a-sail-on-the-horizon-and-no-wind-at-all",
  database: { dialect: new LibsqlDialect({ url: `file:${file}` }), type: "sqlite" },
  emailAndPassword: { enabled: true },
  // As many requests as there is time for come from one address.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
};
const auth = betterAuth(options);

async function prepare() {
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  await auth.api.signUpEmail({ body: { email: "anna@example.com", password: "a quiet sea at night", name: "Anna" } });
}

function start() {
  const own = toNodeHandler(auth);
  const service = createServer(async (request, answer) => {
    if (request.url !== "/me") return own(request, answer);
    const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
    answer.writeHead(session ? 200 : 401, { "Content-Type": "application/json" });
    answer.end(session ? JSON.stringify(ANSWER) : undefined);
  });
  service.listen(Number(port), "127.0.0.1");
}

await serve(prepare, start);
