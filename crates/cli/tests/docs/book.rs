//! The documents, and what is in them: blocks of code, headings, and prose.

use std::fs;
use std::path::{Path, PathBuf};

/// A text of the repository, in Markdown.
pub struct Document {
    /// Where it is, seen from the root: `docs/first-run.md`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// A fenced block.
pub struct Block {
    /// Where it begins: `docs/first-run.md:12`.
    pub place: String,
    /// The first word behind the fence.
    pub language: String,
    /// What it says.
    pub text: String,
    words: Vec<String>,
}

/// The folder of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the crate stands in the checkout")
}

impl Document {
    /// Reads one.
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text }
    }

    /// Reads all: those at the root, and those in `docs`.
    pub fn all() -> Vec<Self> {
        let mut paths = Vec::new();
        for folder in ["", "docs/"] {
            for entry in fs::read_dir(root().join(folder)).expect("a folder") {
                let name = entry.expect("an entry").file_name().into_string().expect("a name in UTF-8");
                if name.ends_with(".md") {
                    paths.push(format!("{folder}{name}"));
                }
            }
        }
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// The fenced blocks, in their order.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (place, line) in self.text.lines().enumerate() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(words), None) => {
                    let mut words = words.split_whitespace().map(str::to_owned);
                    let (language, place) = (words.next().unwrap_or_default(), format!("{}:{}", self.path, place + 1));
                    open = Some(Block { place, language, text: String::new(), words: words.collect() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, Some(block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block does not end", self.path);
        blocks
    }

    /// What stands outside of blocks, line by line, with the number of each.
    pub fn prose(&self) -> Vec<(usize, &str)> {
        let mut inside = false;
        let mut prose = Vec::new();
        for (place, line) in self.text.lines().enumerate() {
            if line.starts_with("```") {
                inside = !inside;
            } else if !inside {
                prose.push((place + 1, line));
            }
        }
        prose
    }

    /// The anchors of the headings, as GitHub makes them.
    pub fn anchors(&self) -> Vec<String> {
        let headings = self.prose().into_iter().filter(|(_, line)| line.starts_with('#'));
        let mut anchors: Vec<String> = Vec::new();
        for (_, heading) in headings {
            let text = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
            let same = anchors.iter().filter(|known| **known == anchor).count();
            anchors.push(if same == 0 { anchor } else { format!("{anchor}-{same}") });
        }
        anchors
    }

    /// The first column of the table below this heading, without backticks.
    pub fn column_below(&self, heading: &str) -> Vec<String> {
        let lines = self.prose().into_iter().map(|(_, line)| line).skip_while(|line| *line != heading);
        let rows = lines.skip(1).take_while(|line| !line.starts_with('#')).filter(|line| line.starts_with('|'));
        let cells = rows.skip(2).filter_map(|row| row.split('|').nth(1));
        let cells: Vec<String> = cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
        assert!(!cells.is_empty(), "{}: there is no table below {heading:?}", self.path);
        cells
    }
}

impl Block {
    /// Whether this word is behind the language.
    pub fn is(&self, word: &str) -> bool {
        self.words.iter().any(|known| known == word)
    }

    /// The value behind the language: `8080` of `background=8080`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }
}
