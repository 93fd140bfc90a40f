//! Git repositories around a workspace.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::folder::city;

/// A copy of the example workspace in a git repository of its own, in a folder below its root, with modules beside it.
pub(crate) fn repository(name: &str) -> PathBuf {
    let folder = city(&format!("{name}/platform/city"));
    init(&folder);
    folder
}

/// Makes a repository of the folder two above a workspace, so that the modules can be in it, and commits what is there.
pub(crate) fn init(workspace: &Path) {
    let root = workspace.ancestors().nth(2).unwrap();
    let _ = fs::remove_dir_all(root.join(".git"));
    git(root, &["init", "--quiet", "--initial-branch", "main"]);
    commit(root);
}

/// Makes a folder the top of a repository, without a commit.
pub(crate) fn top(folder: &Path) {
    git(folder, &["init", "--quiet"]);
}

/// Commits everything in the repository around a folder.
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

/// Runs git to a good end.
pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("GIT_DIR");
    assert!(command.status().unwrap().success(), "git {arguments:?}");
}
