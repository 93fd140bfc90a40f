//! The help of every command.

use std::path::Path;

use crate::support::{
    command::{run, valet},
    snapshot,
};

#[test]
fn every_command_explains_itself() {
    let here = Path::new(".");
    let root = storage_valet_rds::cli::command("valet-rds");
    let settings = snapshot::settings("help");
    let whole = run(here, "--help").out;
    settings.bind(|| insta::assert_snapshot!("valet-rds", whole));
    for command in root.get_subcommands() {
        let name = command.get_name();
        let ran = valet(here, &[name, "--help"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        settings.bind(|| insta::assert_snapshot!(name, ran.out));
    }
}
