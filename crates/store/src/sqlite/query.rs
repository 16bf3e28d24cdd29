//! A query that is put together from constant pieces. Values are only ever bound.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::fault::Fault;

/// A query that grows. It takes no text but what the program was built with.
#[derive(Clone)]
pub(super) struct Query {
    sql: String,
    values: Vec<Value>,
}

impl Query {
    pub(super) fn new(sql: &'static str) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }

    pub(super) fn with<const N: usize>(sql: &'static str, values: [Value; N]) -> Self {
        Self { sql: sql.into(), values: values.into() }
    }

    /// Appends a piece with its values.
    pub(super) fn add<const N: usize>(&mut self, sql: &'static str, values: [Value; N]) {
        self.sql.push_str(sql);
        self.values.extend(values);
    }

    /// Appends a piece if there is a value for it.
    pub(super) fn add_if(&mut self, sql: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.add(sql, [value.into()]);
        }
    }

    /// Appends another query.
    pub(super) fn append(&mut self, other: Self) {
        self.sql.push_str(&other.sql);
        self.values.extend(other.values);
    }

    /// Reads all rows.
    pub(super) fn rows<T>(
        self,
        connection: &Connection,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Fault> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        let rows = statement.query_map(params_from_iter(self.values), read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How the database would go about it, step by step.
    #[cfg(test)]
    pub(super) fn plan(self, connection: &Connection) -> Result<Vec<String>, Fault> {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", self.sql))?;
        let steps = statement.query_map(params_from_iter(self.values), |row| row.get("detail"))?;
        Ok(steps.collect::<rusqlite::Result<_>>()?)
    }

    /// Reads row by row, until `take` says that it has enough.
    pub(super) fn walk(
        self,
        connection: &Connection,
        mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> Result<(), Fault> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        let mut rows = statement.query(params_from_iter(self.values))?;
        while let Some(row) = rows.next()? {
            if !take(row)? {
                break;
            }
        }
        Ok(())
    }
}
