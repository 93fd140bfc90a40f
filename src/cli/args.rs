//! The options of every command.

use std::path::PathBuf;

use super::terminal::Color;
use crate::text::date::Date;

/// Heading of the options that every command has.
const EVERYWHERE: &str = "Options of every command";

/// The options of every command.
#[derive(Clone, Debug, clap::Args)]
pub struct Global {
    /// Folder with the `valet.yaml` [default: `VALET_WORKSPACE`, or the nearest one from a named file or from here upwards]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// The day that support dates and waivers are measured against, as YYYY-MM-DD [default: today]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DATE")]
    pub today: Option<Date>,
}
