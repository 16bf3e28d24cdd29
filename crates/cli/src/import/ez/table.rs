//! Rows of the tables that are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::import::users::Wrong;

/// A table that is read: its name, the columns that it must have, and those that it may have.
pub struct Wanted {
    pub name: &'static str,
    /// What Ibexa 5 calls it.
    pub later: &'static str,
    pub columns: &'static [&'static str],
    pub more: &'static [&'static str],
}

/// All of them.
pub const WANTED: [Wanted; 9] = [
    Wanted {
        name: "ezuser",
        later: "ibexa_user",
        columns: &["contentobject_id", "email", "login", "password_hash", "password_hash_type"],
        more: &[],
    },
    Wanted { name: "ezuser_setting", later: "ibexa_user_setting", columns: &["user_id", "is_enabled"], more: &[] },
    Wanted { name: "ezrole", later: "ibexa_role", columns: &["id", "name"], more: &["version"] },
    Wanted {
        name: "ezpolicy",
        later: "ibexa_policy",
        columns: &["id", "role_id", "module_name", "function_name"],
        more: &["original_id"],
    },
    Wanted {
        name: "ezpolicy_limitation",
        later: "ibexa_policy_limitation",
        columns: &["id", "policy_id", "identifier"],
        more: &[],
    },
    Wanted {
        name: "ezpolicy_limitation_value",
        later: "ibexa_policy_limitation_value",
        columns: &["limitation_id", "value"],
        more: &[],
    },
    Wanted {
        name: "ezuser_role",
        later: "ibexa_user_role",
        columns: &["contentobject_id", "role_id", "limit_identifier", "limit_value"],
        more: &[],
    },
    Wanted {
        name: "ezcontentobject_tree",
        later: "ibexa_content_tree",
        columns: &["node_id", "contentobject_id", "path_string"],
        more: &[],
    },
    Wanted { name: "ezcontentobject", later: "ibexa_content", columns: &["id", "name"], more: &[] },
];

/// A value has no more bytes.
const GREATEST_VALUE: usize = 16 * 1_024;
/// All tables together have no more rows.
const MOST_ROWS: usize = 10_000_000;

/// One row: the values of the columns that are read.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub file: Arc<str>,
    pub line: usize,
    values: Vec<Option<String>>,
    wanted: usize,
}

impl Wanted {
    /// The table of this name, with or without a schema before it, and its place.
    pub fn find(name: &str) -> Option<usize> {
        let name = name.rsplit('.').next().unwrap_or(name);
        WANTED
            .iter()
            .position(|wanted| [wanted.name, wanted.later].iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    fn all(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.columns.iter().chain(self.more).copied()
    }
}

impl Row {
    /// A text; nothing for NULL, and for a column that the table does not have.
    pub fn text(&self, column: &str) -> Option<&str> {
        let place = WANTED[self.wanted].all().position(|known| known == column)?;
        self.values.get(place)?.as_deref()
    }

    /// A number.
    pub fn number(&self, column: &str) -> Option<u64> {
        self.text(column)?.trim().parse().ok()
    }

    /// What is wrong here.
    pub fn wrong(&self, text: impl Into<String>) -> Wrong {
        Wrong::new(self.line, text).within(Some(self.file.clone()))
    }
}

/// Where the values of a table's rows stand.
pub struct Columns {
    wanted: usize,
    /// For each column that is read, its place in a row.
    places: Vec<Option<usize>>,
    count: usize,
}

impl Columns {
    /// The columns of a table, in the order of its rows.
    pub fn new(wanted: usize, names: &[String]) -> Result<Self, String> {
        let table = &WANTED[wanted];
        let place = |column: &str| names.iter().position(|name| name.eq_ignore_ascii_case(column));
        if let Some(missing) = table.columns.iter().find(|column| place(column).is_none()) {
            return Err(format!("{} has no column {missing}", table.name));
        }
        Ok(Self { wanted, places: table.all().map(place).collect(), count: names.len() })
    }
}

/// The rows of each table.
#[derive(Default)]
pub struct Tables {
    rows: BTreeMap<usize, Vec<Row>>,
    count: usize,
}

impl Tables {
    /// Notes that there is such a table, even without a row.
    pub fn touch(&mut self, wanted: usize) {
        self.rows.entry(wanted).or_default();
    }

    /// Adds a row. `values` are of all columns; one that is no plain value is an error where it is read.
    pub fn add(&mut self, columns: &Columns, values: &[Field], file: &Arc<str>, line: usize) -> Result<(), String> {
        let name = WANTED[columns.wanted].name;
        if values.len() != columns.count {
            return Err(format!("{name}: {} values, and there are {} columns", values.len(), columns.count));
        }
        self.count += 1;
        if self.count > MOST_ROWS {
            return Err("there are more rows than are read".into());
        }
        let read = columns.places.iter().zip(WANTED[columns.wanted].all()).map(|(place, column)| {
            match place.map(|place| &values[place]) {
                None | Some(Field::Null) => Ok(None),
                Some(Field::Other) => Err(format!("{name}.{column} is no plain value")),
                Some(Field::Bytes(bytes)) if bytes.len() > GREATEST_VALUE || bytes.contains(&0) => {
                    Err(format!("{name}.{column} is too long, or has a NUL"))
                }
                Some(Field::Bytes(bytes)) => match std::str::from_utf8(bytes) {
                    Ok(text) => Ok(Some(text.to_owned())),
                    Err(_) => Err(format!("{name}.{column} is no UTF-8")),
                },
            }
        });
        let values = read.collect::<Result<Vec<_>, String>>()?;
        let row = Row { file: file.clone(), line, values, wanted: columns.wanted };
        self.rows.entry(columns.wanted).or_default().push(row);
        Ok(())
    }

    /// Whether the table was in a file.
    pub fn has(&self, name: &str) -> bool {
        Wanted::find(name).is_some_and(|wanted| self.rows.contains_key(&wanted))
    }

    /// The rows of a table.
    pub fn rows(&self, name: &str) -> &[Row] {
        Wanted::find(name).and_then(|wanted| self.rows.get(&wanted)).map_or(&[], Vec::as_slice)
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Null,
    Bytes(Vec<u8>),
    /// An expression.
    Other,
}
