//! The steps that need only Rust.

use crate::{
    command::Program,
    step::{Done, Step},
};

pub(crate) fn steps() -> Vec<Step> {
    vec![
        Step::new("cargo fmt", || quiet(&["fmt", "--all", "--", "--check"])),
        Step::new("cargo clippy", || {
            quiet(&[
                "clippy",
                "--quiet",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])
        }),
        Step::new("cargo test", test),
    ]
}

fn quiet(arguments: &[&str]) -> Done {
    Program::new("cargo", arguments)
        .run()
        .map(|_| String::new())
}

/// Keeps what the test runner says about each program of tests.
fn test() -> Done {
    let printed = Program::new("cargo", &["test", "--workspace"])
        .env("INSTA_UPDATE", "no")
        .run()?;
    let said = |line: &&str| {
        let line = line.trim_start();
        ["Running ", "Doc-tests ", "test result: "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    Ok(printed.lines().filter(said).collect::<Vec<_>>().join("\n"))
}
