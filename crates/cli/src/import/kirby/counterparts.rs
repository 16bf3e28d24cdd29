//! What stands here for an option of Kirby's `config.php`. Its value is not read: whoever runs the site writes it.

/// Options, and what is written here instead.
const COUNTERPARTS: [(&str, &str); 25] = [
    ("api.allowImpersonation", "nobody acts as somebody else"),
    ("api.allowInsecure", "`allowInsecure` in [dialect.kirby]"),
    ("api.basicAuth", "`basicAuth` in [dialect.kirby]"),
    ("api.csrf", "`csrf = false` in [dialect.kirby] where it is off; there is no fixed token"),
    ("api.slug", "`root` in [dialect.kirby]"),
    ("auth.challenge", "no log-in asks for a code"),
    ("auth.challenges", "no log-in asks for a code"),
    ("auth.debug", "the log and the audit say why a log-in failed"),
    ("auth.methods", "people log in with a password"),
    ("auth.timeout", "how long somebody waits grows with their failures"),
    ("auth.trials", "how long somebody waits grows with their failures"),
    ("cookie.key", "keys are made by Doorward and kept in its store"),
    ("cors", "`cors` in [dialect.kirby], with the same names"),
    ("cors.allowCredentials", "`cors` in [dialect.kirby], with the same names"),
    ("cors.allowHeaders", "`cors` in [dialect.kirby], with the same names"),
    ("cors.allowMethods", "`cors` in [dialect.kirby], with the same names"),
    ("cors.allowOrigin", "`cors` in [dialect.kirby], with the same names"),
    ("cors.exposeHeaders", "`cors` in [dialect.kirby], with the same names"),
    ("cors.maxAge", "`cors` in [dialect.kirby], with the same names"),
    ("panel.install", "the first user is added with `doorward user add`"),
    ("session.cookieName", "the cookie of [dialect.kirby] is `kirby_session`"),
    ("session.durationLong", "`session.remember` of the realm"),
    ("session.durationNormal", "`session.absolute` of the realm"),
    ("session.timeout", "`session.idle` of the realm"),
    ("url", "`public_url`"),
];

/// What stands here for an option, where something does.
pub fn of(option: &str) -> Option<&'static str> {
    COUNTERPARTS.iter().find(|(known, _)| *known == option).map(|(_, here)| *here)
}
