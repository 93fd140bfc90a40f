//! The `valet-rds` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    storage_valet_rds::cli::start()
}
