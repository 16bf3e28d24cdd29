//! `docs/rules.md` is what the schema says. `DOORWARD_UPDATE_DOCS=1` writes it anew.

mod schema;
mod tables;

use std::env;
use std::fmt::Write as _;
use std::fs;

use crate::book::root;
use crate::kit::Place;
use schema::{Key, Schema};
use tables::{NOT_YET, TABLES, Table};

const FILE: &str = "docs/rules.md";
const INTRODUCTION: &str = r#"# Every setting

This is the reference of `doorward.toml`. It is made from the schema that `doorward schema` prints, and a test compares the two. What
the rules *mean* stands in [the rules explained](rules-explained.md); to begin, read [the first run](first-run.md).

* An unknown key is an error that names file, line, and the key that was probably meant.
* Paths are relative to the file that names them. `"${NAME}"` reads the environment; a plain `${` is written `$${`.
* `doorward check` says what is wrong or doubtful. `doorward reload` puts a changed file in force, whole or not at all.
* More files, named by `rules`, hold only `route`, `acl` and `role`.

For an editor that completes keys as you type, write the schema to a file and name it in the first line of `doorward.toml`:

```sh
doorward schema > doorward.schema.json
printf '#:schema ./doorward.schema.json\n' > doorward.toml
doorward check
```
"#;
const VALUES: &str = r#"
## Values

| kind | how it is written |
| --- | --- |
"#;

#[test]
fn the_reference_is_what_the_schema_says() {
    let written = reference(&Schema::read());
    let path = root().join(FILE);
    if env::var("DOORWARD_UPDATE_DOCS").is_ok_and(|value| value == "1") {
        fs::write(&path, &written).expect("written");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    let difference = there.lines().zip(written.lines()).find(|(there, written)| there != written);
    assert!(
        there == written,
        "{FILE} is not what the schema says: run this test with DOORWARD_UPDATE_DOCS=1\n{difference:?}"
    );
}

#[test]
fn every_table_of_the_schema_is_told() {
    let schema = Schema::read();
    let untold: Vec<String> =
        schema.tables().into_iter().filter(|name| !TABLES.iter().any(|table| table.definition == name)).collect();
    assert!(untold.is_empty(), "{untold:?}");
    for (table, key, _) in NOT_YET {
        assert!(schema.keys(table).iter().any(|known| known.name == key), "{key}");
    }
}

#[test]
fn what_is_said_to_be_refused_is_refused() {
    for (_, key, said) in NOT_YET.iter().filter(|(_, _, said)| said.contains("Refused")) {
        let ran = Place::with(&format!("{key} = \"postgres://host\"\n")).run("check");
        assert_eq!(ran.code, 2, "{key}: {said}");
    }
}

fn reference(schema: &Schema) -> String {
    let mut text = INTRODUCTION.to_owned();
    for table in TABLES {
        tell(schema, table, &mut text);
    }
    text.push_str(VALUES);
    for (name, how) in schema.values() {
        let _ = writeln!(text, "| {name} | {how} |");
    }
    text
}

fn tell(schema: &Schema, table: &Table, text: &mut String) {
    let _ = write!(text, "\n## {}\n", table.heading);
    let said = [schema.description(table.definition), table.more.to_owned()];
    for paragraph in said.iter().filter(|paragraph| !paragraph.is_empty()) {
        let _ = write!(text, "\n{paragraph}\n");
    }
    let keys = schema.keys(table.definition);
    text.push_str("\n| key | value | default | what |\n| --- | --- | --- | --- |\n");
    for Key { name, kind, default, what, .. } in &keys {
        let not_yet = NOT_YET.iter().find(|(of, key, _)| *of == table.definition && key == name);
        let not_yet = not_yet.map(|(_, _, said)| format!(" {said}")).unwrap_or_default();
        let _ = writeln!(text, "| `{name}` | {kind} | {default} | {what}{not_yet} |");
    }
    for Key { name, words, .. } in keys.iter().filter(|key| !key.words.is_empty()) {
        let _ = write!(text, "\n`{name}`:\n\n");
        for (word, meaning) in words {
            let _ = writeln!(text, "* `\"{word}\"`: {meaning}");
        }
    }
    if !table.example.is_empty() {
        let _ = write!(text, "\n```toml\n{}```\n", table.example.trim_start());
    }
}
