//! What is found in files, with its place.

use std::fmt;
use std::sync::Arc;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    file: Arc<str>,
    line: usize,
}

impl Place {
    pub fn new(file: &Arc<str>, line: usize) -> Self {
        Self { file: Arc::clone(file), line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What is wrong on a line of a file that is known to whoever reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub line: usize,
    pub text: String,
}

impl Wrong {
    pub fn new(line: usize, text: impl Into<String>) -> Self {
        Self { line, text: text.into() }
    }
}

/// Something to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub place: Place,
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// All that is to be told about an import.
#[derive(Debug, Default)]
pub struct Findings {
    /// Nothing is written when there is one.
    pub errors: Vec<Finding>,
    /// Parts that are left out.
    pub refused: Vec<Finding>,
    /// What is there, but not as somebody may think.
    pub warnings: Vec<Finding>,
}

impl Findings {
    pub fn error(&mut self, place: &Place, text: impl Into<String>) {
        self.errors.push(Finding { place: place.clone(), text: text.into() });
    }

    pub fn refuse(&mut self, place: &Place, text: impl Into<String>) {
        self.refused.push(Finding { place: place.clone(), text: text.into() });
    }

    pub fn warn(&mut self, place: &Place, text: impl Into<String>) {
        self.warnings.push(Finding { place: place.clone(), text: text.into() });
    }
}
