//! What becomes of output that cannot be written: a reader that has gone away, and a disk that is full.
#![cfg(target_os = "linux")]

use std::{fs::File, io::pipe, path::Path, process::Stdio};

use crate::support::{
    command::{Ran, command},
    folder::{case, city},
};

/// Runs with a standard output of a kind.
fn run_into(stdout: impl Into<Stdio>, folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = command(folder, arguments);
    let child = command
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

/// The end of a pipe that nobody reads.
fn nobody() -> Stdio {
    let (_, writer) = pipe().unwrap();
    writer.into()
}

#[test]
fn a_reader_that_has_gone_away_changes_nothing_of_the_verdict() {
    let city = city("output-gone");
    for arguments in [&["rules"][..], &["preview", "dev3/agora"], &["--help"]] {
        let ran = run_into(nobody(), &city, arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    }
    let wrong = case("bad/unknown-key", "output-gone-wrong");
    for format in ["json", "github", "sarif"] {
        let ran = run_into(nobody(), &wrong, &["check", "--format", format]);
        assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{format}");
    }
    let watched = run_into(nobody(), &city, &["preview", "dev3/agora", "--watch"]);
    assert_eq!(watched.code, 0, "it ends by itself: {watched}");
}

#[test]
fn a_full_disk_is_told() {
    let city = city("output-full");
    for arguments in [&["rules"][..], &["preview", "dev3/agora"], &["generate"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ran = run_into(full, &city, arguments);
        let said = "system error: <stdout>: No space left on device (os error 28)\n";
        assert_eq!((ran.code, ran.err.as_str()), (2, said), "{arguments:?}");
    }
}

#[test]
fn nobody_has_to_listen_to_remarks() {
    let wrong = case("bad/unknown-key", "output-deaf");
    for (arguments, code) in [
        (&["check"][..], 1),
        (&["check", "dev/none"], 2),
        (&["rules"], 0),
    ] {
        let status = command(&wrong, arguments)
            .stdout(Stdio::null())
            .stderr(nobody())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}
