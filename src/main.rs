//! The `valet-rds` command.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    storage_valet_rds::cli::run(&storage_valet_rds::cli::Arguments::parse())
}
