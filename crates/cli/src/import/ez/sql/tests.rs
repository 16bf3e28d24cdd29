use proptest::prelude::*;

use super::*;

fn tables(text: &str) -> Result<Tables, Wrong> {
    let mut tables = Tables::default();
    read(text.as_bytes(), &"dump.sql".into(), &mut tables).map(|()| tables)
}

fn roles(text: &str) -> Vec<(Option<u64>, Option<String>, usize)> {
    let tables = tables(text).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let rows = tables.rows("ezrole").iter();
    rows.map(|row| (row.number("id"), row.text("name").map(str::to_owned), row.line)).collect()
}

#[test]
fn a_dump_of_mysql_is_read() {
    let text = "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `ezrole`;\n\
        CREATE TABLE `ezrole` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `is_new` int NOT NULL DEFAULT '0',\n\
        `name` varchar(255) COLLATE utf8_bin DEFAULT (concat('a',')')),\n  PRIMARY KEY (`id`),\n  KEY `x` (`name`,`id`)\n) ENGINE=InnoDB;\n\
        LOCK TABLES `ezrole` WRITE;\n# a comment; with 'quotes\n\
        INSERT INTO `ezrole` VALUES (1,0,'It\\'s; (one)'),\n(2,-1,NULL),(3,0,_binary 'three''s \\\\');\nUNLOCK TABLES;\n\
        INSERT INTO `other` VALUES (1,now(),'(');\n\
        INSERT INTO ezrole (name, id) VALUES (\"four\", 4);\n";
    let expected = [
        (Some(1), Some("It's; (one)".to_owned()), 13),
        (Some(2), None, 14),
        (Some(3), Some("three's \\".to_owned()), 14),
        (Some(4), Some("four".to_owned()), 17),
    ];
    assert_eq!(roles(text), expected);
}

#[test]
fn a_dump_of_postgresql_is_read() {
    let text = "-- PostgreSQL database dump\nSET standard_conforming_strings = on;\n\
        CREATE FUNCTION x() RETURNS int AS $$ begin; 'it''s $$ LANGUAGE sql;\n\
        CREATE TABLE public.ezrole (\n    id integer NOT NULL,\n    name character varying(255) DEFAULT ''::character varying,\n    CONSTRAINT x CHECK ((id > 0))\n);\n\
        COPY public.other (a) FROM stdin;\nINSERT INTO ezrole\n\\.\n\
        COPY public.ezrole (id, name) FROM stdin;\n1\tone\\ttab\n2\t\\N\n\\.\n\n\
        INSERT INTO public.ezrole VALUES (3, 'back\\');\nINSERT INTO \"ezrole\" (\"name\", id) VALUES (E'new\\nline', 4);\n";
    let expected = [
        (Some(1), Some("one\ttab".to_owned()), 13),
        (Some(2), None, 14),
        (Some(3), Some("back\\".to_owned()), 17),
        (Some(4), Some("new\nline".to_owned()), 18),
    ];
    assert_eq!(roles(text), expected);
}

#[test]
fn what_cannot_be_understood_is_told_with_its_line() {
    for (text, line, part) in [
        ("\nINSERT INTO ezrole VALUES (1,'a');", 2, "columns are not named"),
        ("INSERT INTO ezrole (id) VALUES (1);", 1, "no column name"),
        ("INSERT INTO ezrole (id,name) VALUES (1,'a',2);", 1, "3 values, and there are 2 columns"),
        ("INSERT INTO ezrole (id,name) VALUES\n(1,'a", 2, "a quote does not end"),
        ("INSERT INTO ezrole (id,name) VALUES (1,'a'", 1, "the file ends within a row"),
        ("INSERT INTO ezrole (id,name) VALUES (1,'a')\n", 2, "the file ends within an INSERT"),
        ("INSERT INTO ezrole (id,name) VALUES\n(1,concat('a','b'));", 2, "ezrole.name is no plain value"),
        ("INSERT INTO ezrole (id,name) VALUES (1,'a\\0');", 1, "a NUL"),
        ("INSERT INTO ezrole (id,name) SELECT 1;", 1, "without VALUES"),
        ("/* postgresql */ COPY ezrole (id,name) FROM stdin;\n1\ta\n", 3, "ends within a COPY"),
        ("/* never", 1, "a comment does not end"),
    ] {
        let wrong = tables(text).err().unwrap_or_else(|| panic!("{text}"));
        assert!(wrong.line == line && wrong.text.contains(part), "{text}: {wrong:?}");
    }
    let deep = format!("INSERT INTO ezrole (id,name) VALUES ({}", "(".repeat(10_000));
    assert!(tables(&deep).is_err_and(|wrong| wrong.text.contains("too deep")));
}

proptest! {
    #[test]
    fn anything_is_rows_or_a_mistake(bytes in "(postgresql|)(INSERT INTO ezrole \\(id,name\\) VALUES |COPY ezrole \\(id,name\\) FROM stdin;\n|CREATE TABLE ezrole )?[ -~\n\té]{0,120}") {
        if let Err(wrong) = tables(&bytes) {
            prop_assert!(wrong.line <= bytes.lines().count() + 1 && wrong.line >= 1);
        }
    }

    #[test]
    fn a_text_is_read_as_it_was_quoted(name in "[^\0\\\\]{0,40}") {
        let text = format!("INSERT INTO ezrole (id,name) VALUES (1,'{}');", name.replace('\'', "''"));
        let read = roles(&text).remove(0).1;
        prop_assert_eq!(read, Some(name));
    }
}
