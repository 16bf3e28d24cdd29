// Express with express-session and passport; sessions are in Redis. `node express.js PORT REDIS`
import { RedisStore } from "connect-redis";
import express from "express";
import session from "express-session";
import passport from "passport";
import { Strategy } from "passport-local";
import { createClient } from "redis";
import { ANSWER, serve } from "./workers.js";

const [port, redis] = process.argv.slice(2);
// No log-in is measured, so that no hash is needed.
const USER = { id: 7, login: "anna", password: "a quiet sea at night" };

passport.use(
  new Strategy({ usernameField: "login" }, (login, password, done) =>
    done(null, login === USER.login && password === USER.password ? USER : false),
  ),
);
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => done(null, id === USER.id ? USER : false));

async function start() {
  const client = createClient({ url: `redis://${redis}` });
  await client.connect();
  const service = express();
  // Behind nobody, and with an answer that is the same each time: what Express would add is nobody's wish here.
  service.disable("x-powered-by").disable("etag");
  service.use(
    session({
      // A session that is touched in each request would be written in each.
      store: new RedisStore({ client, disableTouch: true }),
      secret: "a-sail-on-the-horizon",
      resave: false,
      saveUninitialized: false,
    }),
  );
  service.use(passport.session());
  service.post("/login", express.urlencoded({ extended: false }), passport.authenticate("local"), (_, answer) =>
    answer.sendStatus(204),
  );
  service.get("/me", (request, answer) => {
    if (request.isAuthenticated()) answer.json(ANSWER);
    else answer.sendStatus(401);
  });
  service.listen(Number(port), "127.0.0.1");
}

await serve(async () => {}, start);
