//! `doorward schema`.

use clap::Args;

use crate::output;

/// Print the JSON Schema of doorward.toml, for editors.
#[derive(Args)]
pub struct Schema {}

impl Schema {
    pub fn run(self) -> anyhow::Result<()> {
        output::json(&doorward::policy::schema())
    }
}
