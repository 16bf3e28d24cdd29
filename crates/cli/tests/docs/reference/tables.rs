//! The tables of `doorward.toml` in the order in which the reference tells them, each with an example.

/// One table.
pub struct Table {
    /// As it is written.
    pub heading: &'static str,
    /// Its definition in the schema; empty for the top of the file.
    pub definition: &'static str,
    /// What is said besides.
    pub more: &'static str,
    /// Rules that use it.
    pub example: &'static str,
}

/// Settings that are refused, or need more than this version or a plain build: their table, their key, and what is said of them.
pub const NOT_YET: [(&str, &str, &str); 6] = [
    ("", "store", "**Refused in this version**: SQLite is the only store."),
    ("", "store_file", "**Refused in this version.**"),
    ("", "sessions", "**Refused in this version.**"),
    ("", "sessions_file", "**Refused in this version.**"),
    ("", "otel", "Needs a build with the [feature `otel`](operations.md#traces)."),
    ("RouteRule", "upstream_uses_identity", "**No effect in this version**, which has no forward-auth."),
];

/// All of them.
pub const TABLES: &[Table] = &[
    Table {
        heading: "The top of the file",
        definition: "",
        more: "What stands before the first table. Where a value is a table of its own, it is told below.",
        example: r#"
listen       = "127.0.0.1:8080"
admin_listen = "127.0.0.1:8081"
public_url   = ["https://api.example.com", "https://www.example.com"]
upstream     = "http://127.0.0.1:9000"
data         = "doorward.db"
trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]
"#,
    },
    Table {
        heading: "`[[listen]]`",
        definition: "ListenerTable",
        more: "Where there is more to say than an address. `[[admin_listen]]` has the same keys.",
        example: r#"
listen = ["unix:/run/doorward/public.sock", { address = "127.0.0.1:8080", proxy_protocol = true }]
"#,
    },
    Table {
        heading: "`[upstream.NAME]`",
        definition: "UpstreamSettings",
        more: "Routes say which one by `upstream = \"NAME\"`; the others go to the one that is called \
               `default`, or to the only one.",
        example: r#"
[upstream.default]
url = "http://127.0.0.1:9000"
health = "/health"

[upstream.billing]
url = "http://127.0.0.1:9001"
timeout = "10s"
max_connections = 50

[[route]]
match = "GET /invoices/:id"
access = "self"
upstream = "billing"
"#,
    },
    Table {
        heading: "`[tls]`",
        definition: "Tls",
        more: "Listeners without `plain = true` then speak TLS 1.2 and 1.3.",
        example: "",
    },
    Table {
        heading: "`[realm.NAME]`",
        definition: "RealmSettings",
        more: "A file that names no realm has one, `default`. One that names several must say on each route that is not anonymous \
               whose users are meant, and in `[admin]` who administers.",
        example: r#"
[realm.customer]
title = { en = "Customers", de = "Kunden" }
session = { idle = "30m", absolute = "12h", remember = "30d" }

[realm.staff]
title = "Staff"
session = { idle = "15m" }
sessions = { max = 3, policy = "deny_new" }
basic = { enabled = true, challenge = "Staff" }

[admin]
realm = "staff"
"#,
    },
    Table {
        heading: "`[realm.NAME.pages]`",
        definition: "RealmPages",
        more: "A text that is absent in a language is the one of `[pages.texts]`.",
        example: r#"
[pages.texts.en]
help = "Something does not work? Call 555 0100."

[realm.customer.pages.texts.en]
welcome = "This is where our customers look after their orders."

[realm.staff]

[admin]
realm = "staff"
"#,
    },
    Table { heading: "`session` of a realm", definition: "SessionSettings", more: "", example: "" },
    Table {
        heading: "`cookie` of a realm",
        definition: "Cookie",
        more: "Over https the name has the prefix `__Host-`, or `__Secure-` when there is a `domain`; over plain HTTP it has none.",
        example: r#"
public_url = ["https://www.example.com", "https://app.example.com"]

[realm.default]
cookie = { domain = "example.com", same_site = "strict" }
"#,
    },
    Table { heading: "`sessions` of a realm", definition: "SessionCap", more: "", example: "" },
    Table { heading: "`[admin]`", definition: "AdminSettings", more: "", example: "" },
    Table {
        heading: "`[panel]`",
        definition: "Panel",
        more: "It is about `/admin` and [the Panel](panel.md).",
        example: "",
    },
    Table {
        heading: "`[pages]`",
        definition: "PageSettings",
        more: "What it looks like, and how to put it in force: [pages and their look](pages.md).",
        example: r##"
[pages]
name = "Example Shop"
language = "de"
light = { accent = "#8a3b12" }
"##,
    },
    Table { heading: "`light`, `dark` of the pages", definition: "ColourSettings", more: "", example: "" },
    Table {
        heading: "`texts` of the pages",
        definition: "TextSettings",
        more: "By language: `en`, `de`, `fr`, `es`. A language that is not written has Doorward's own texts.",
        example: r#"
[pages.texts.en]
login = "E-mail address"
help = "Something does not work? Call 555 0100."

[pages.texts.de]
login = "E-Mail-Adresse"
help = "Etwas geht nicht? Rufen Sie 555 0100 an."
"#,
    },
    Table {
        heading: "`[basic]`",
        definition: "BasicSettings",
        more: "`[realm.NAME.basic]` has the same keys and goes first; a route's `basic` goes before both.",
        example: r#"
[basic]
enabled = true
challenge = "Example REST API"
"#,
    },
    Table {
        heading: "`[csrf]`",
        definition: "CsrfSettings",
        more: "In which order things are looked at: [the rules explained](rules-explained.md#proof-that-a-request-was-meant).",
        example: r#"
[csrf]
header = "X-CSRF"
requests = "all"
proof = "token"
"#,
    },
    Table {
        heading: "`[cors]`",
        definition: "CorsSettings",
        more: "Preflights are answered here, and never reach an upstream. A listed origin also counts as proof against forgery, \
               where `proof` is not `token`.",
        example: r#"
[cors]
origins = ["https://app.example.com"]
credentials = true
headers = ["Content-Type", "X-CSRF", "X-Shop-Language"]
expose = ["X-Total-Count"]
"#,
    },
    Table {
        heading: "`[password]`",
        definition: "PasswordSettings",
        more: "What is asked of new passwords; nothing here is asked when somebody logs in. Less than the floor of `memory` and \
               `passes` is refused. Refused are also passwords that many people use, long ones that count or run along the keyboard \
               among them (`one two three four five`), repetitions, and the names of the user.",
        example: r#"
[password]
min_length = 20
memory = "64MiB"
passes = 3
"#,
    },
    Table {
        heading: "`[limits]`",
        definition: "Limits",
        more: "Why these numbers: [SECURITY.md](../SECURITY.md#limits-and-time-outs).",
        example: r#"
[limits]
body = "2MiB"
timeout = "20s"
connections = 2000
"#,
    },
    Table {
        heading: "`[headers]`",
        definition: "HeaderSettings",
        more: "What an upstream sent itself is never replaced.",
        example: "",
    },
    Table {
        heading: "`[audit]`",
        definition: "Audit",
        more: "",
        example: r#"
[audit]
retention = "90d"
"#,
    },
    Table {
        heading: "`[log]`",
        definition: "Log",
        more: "The log goes to standard error. The variable `RUST_LOG` goes before `level`.",
        example: r#"
[log]
format = "json"
access = true
"#,
    },
    Table { heading: "`[otel]`", definition: "Otel", more: "", example: "" },
    Table { heading: "`[drain]`", definition: "Drain", more: "", example: "" },
    Table { heading: "`[dialect]`", definition: "Dialects", more: "", example: "" },
    Table {
        heading: "`[dialect.ez]`",
        definition: "EzSettings",
        more: "What it means: [coming from eZ Platform](from-ez.md).",
        example: "",
    },
    Table {
        heading: "`[dialect.kirby]`",
        definition: "KirbySettings",
        more: "What it means: [coming from Kirby](from-kirby.md).",
        example: "",
    },
    Table { heading: "`[dialect.kirby.cors]`", definition: "KirbyCorsOptions", more: "", example: "" },
    Table {
        heading: "`[dialect.magento]`",
        definition: "MagentoSettings",
        more: "What it means: [coming from Magento](from-magento.md).",
        example: "",
    },
    Table {
        heading: "`[[route]]`",
        definition: "RouteRule",
        more: "What rank, access, realms and forced parameters mean: [the rules explained](rules-explained.md).",
        example: r#"
upstream = "http://127.0.0.1:9000"

[[route]]
match = "GET,PUT /customers/me"
access = "self"
force = { customer = { id = "%user_id%" } }
limits = { body = "64KiB", rate = "10/s" }
headers = { response = { remove = ["Server"] } }

[[route]]
match = "GET /socket"
access = "self"
websocket = true

[[route]]
match = "* /reports/*rest"
access = ["Shop::reports", "Shop::export"]
proof = "token"
basic = false

[[acl]]
id = "Shop::all"
children = [{ id = "Shop::reports" }, { id = "Shop::export" }]
"#,
    },
    Table { heading: "`limits` of a route", definition: "LimitsRule", more: "", example: "" },
    Table { heading: "`headers` of a route", definition: "HeadersRule", more: "", example: "" },
    Table {
        heading: "`headers.request`, `headers.response`",
        definition: "HeaderRule",
        more: "What frames a message, names the hop or says who is calling cannot be set.",
        example: "",
    },
    Table {
        heading: "`[[acl]]`",
        definition: "AclRule",
        more: "",
        example: r#"
[[acl]]
id = "Shop::all"
title = "Shop"
children = [
    { id = "Shop::orders", title = "Orders", children = [{ id = "Shop::orders_cancel", title = "Cancel orders" }] },
    { id = "Shop::stock", title = "Stock" },
]
"#,
    },
    Table {
        heading: "`[role.NAME]`",
        definition: "RoleRule",
        more: "The role `administrator` is built in and has everything. Roles of files are altered in files; others are made by \
               `doorward role create` or by [`/admin/roles`](api.md#roles).",
        example: r#"
[role.support]
title = "Support"
allow = ["Shop::all"]
deny = ["Shop::orders_cancel"]

[[acl]]
id = "Shop::all"
children = [{ id = "Shop::orders_cancel" }]
"#,
    },
    Table {
        heading: "`limited` of a role",
        definition: "LimitedRule",
        more: "Routes say by `limitations` where in a request the values stand: [the rules explained](rules-explained.md#within-limitations).",
        example: r#"
[role.author]
limited = [{ allow = "Shop::drafts", to = { owner = "%user_id%" } }]

[[acl]]
id = "Shop::drafts"

[[route]]
match = "PUT /drafts/:owner"
access = "Shop::drafts"
limitations = { owner = ":owner" }
"#,
    },
];
