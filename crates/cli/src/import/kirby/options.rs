//! The names of the options of `config.php`. The file may be full of code, and none of it is run: only the keys of the array
//! that it returns are looked for.

/// So many are told.
const GREATEST: usize = 200;
/// Options that are groups of options: each is named as one may also write it, `api.basicAuth`.
const GROUPS: [&str; 6] = ["api", "auth", "cookie", "cors", "panel", "session"];

/// The names of options, in the order of the file. A guess where there is code, and never wrong about quotes and comments.
pub fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut last: Option<String> = None;
    // The option whose value begins here.
    let mut begun: Option<String> = None;
    // For each bracket that is open what its keys begin with, if they are names of options.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let mut after = &rest[character.len_utf8()..];
        match character {
            '\'' | '"' => {
                let (quoted, behind) = quoted(after, character);
                after = behind;
                last = Some(quoted);
                begun = None;
            }
            '/' if after.starts_with('*') => after = after.find("*/").map_or("", |end| &after[end + 2..]),
            '/' if after.starts_with('/') => after = behind_line(after),
            '#' if !after.starts_with('[') => after = behind_line(after),
            '[' | '(' | '{' => {
                let group = begun.take().filter(|option| GROUPS.contains(&option.as_str()));
                // `return [`, or `return array(`.
                open.push(if open.is_empty() { Some(String::new()) } else { group.map(|group| format!("{group}.")) });
                last = None;
            }
            ']' | ')' | '}' => {
                open.pop();
                (last, begun) = (None, None);
            }
            '=' if after.starts_with('>') => {
                if let (Some(Some(before)), Some(key)) = (open.last(), last.take()) {
                    let name = format!("{before}{key}");
                    if names.last().is_some_and(|group| format!("{group}.") == *before) {
                        names.pop();
                    }
                    if names.len() < GREATEST {
                        names.push(name.clone());
                    }
                    begun = Some(name);
                }
                after = &after[1..];
            }
            _ if character.is_whitespace() => {}
            // `array(` is a bracket too.
            'a' if begun.is_some() && after.starts_with("rray") => after = &after[4..],
            _ => (last, begun) = (None, None),
        }
        rest = after;
    }
    names
}

fn behind_line(text: &str) -> &str {
    text.find('\n').map_or("", |end| &text[end..])
}

/// What stands in quotes, as a terminal may show it, and what comes behind.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut characters = text.char_indices();
    let mut end = text.len();
    let mut behind = "";
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            (end, behind) = (at, &text[at + character.len_utf8()..]);
            break;
        }
    }
    let shown = text[..end].chars().take(80).map(|c| if c.is_control() { ' ' } else { c });
    (shown.collect(), behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_the_outer_array_are_named_whatever_code_there_is() {
        let text = "<?php\n// 'no' => 1\nuse X;\nreturn [\n  'debug' => true,\n  'api' => ['basicAuth' => true],\n  /* 'x' => */\n\
                    'hooks' => [ 'a' => function () { return ['b' => \"it's => x\"]; } ],\n  'auth.methods' => fn ($x) => 'y',\n];\n";
        assert_eq!(names(text), ["debug", "api.basicAuth", "hooks", "auth.methods"]);
        let text = "<?php return array('session' => array('timeout' => 60, 'store' => ['x' => 1]), 'api' => true, 'auth' => f(['y' => 1]),\n\
                    'cors' => ['allowOrigin' => ['a', 'b']], 'panel' => [], 'other' => ['z' => 1]);";
        let expected = ["session.timeout", "session.store", "api", "auth", "cors.allowOrigin", "panel", "other"];
        assert_eq!(names(text), expected);
        assert!(names("<?php return ['a").is_empty() && names("").is_empty() && names(")]}'\\").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn anything_is_looked_through(text in "[\\[\\](){}'\"=>,#/*\\\\ a-cé\n]{0,200}") {
            proptest::prop_assert!(names(&text).len() <= GREATEST);
        }
    }
}
