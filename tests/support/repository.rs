//! Git repositories around a workspace.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::folder::city;

/// A copy of the example workspace in a git repository of its own, in a folder below its root.
pub(crate) fn repository(name: &str) -> PathBuf {
    let _ = fs::remove_dir_all(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
    let folder = city(&format!("{name}/platform/city"));
    let root = folder.parent().unwrap().parent().unwrap().to_owned();
    git(&root, &["init", "--quiet", "--initial-branch", "main"]);
    commit(&root);
    folder
}

pub(crate) fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(
        folder,
        &[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "commit",
            "--quiet",
            "--allow-empty",
            "-m",
            "x",
        ],
    );
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("GIT_DIR");
    assert!(command.status().unwrap().success(), "git {arguments:?}");
}
