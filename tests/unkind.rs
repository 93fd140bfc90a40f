//! A disk that is not kind: links, pipes and devices where files should be, no space, no permission.
#![cfg(unix)]

use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, symlink},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use crate::support::{
    command::{Ran, command, run, valet},
    folder::{minimal, paths},
};

/// Runs `generate`, which must refuse with exit code 2, say `why`, and leave nothing half done.
fn refused(folder: &Path, why: &str) {
    let ran = run(folder, "generate");
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains(why) && ran.err.lines().count() == 1,
        "{}",
        ran.err
    );
}

/// Runs `check`, which must find this.
fn found(folder: &Path, what: &str) {
    let ran = run(folder, "check");
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains(what), "{}", ran.err);
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn shell(folder: &Path, script: &str) -> Ran {
    let output = Command::new("sh")
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_valet-rds")])
        .current_dir(folder)
        .output()
        .unwrap();
    Ran::of(output)
}

#[test]
fn pipes_and_devices_among_the_configs_are_told_and_not_opened() {
    let folder = minimal("pipes");
    pipe(&folder.join("configs/dev/pipe.yaml"));
    symlink("/dev/zero", folder.join("configs/dev/zero.yaml")).unwrap();
    fs::create_dir(folder.join("configs/dev/folder.yaml")).unwrap();
    symlink("nowhere.yaml", folder.join("configs/dev/dangling.yaml")).unwrap();
    let ran = run(&folder, "check");
    assert_eq!(ran.code, 1);
    for name in ["pipe", "zero", "folder", "dangling"] {
        let span = format!("[configs/dev/{name}.yaml:1:1]");
        assert!(ran.err.contains(&span), "{name}: {}", ran.err);
    }
    assert_eq!(ran.err.matches("not-a-file\n").count(), 4, "{}", ran.err);
    let preview = run(&folder, "preview configs/dev/pipe.yaml");
    assert_eq!(preview.code, 2);
    assert!(
        preview.err.contains("not a regular file"),
        "{}",
        preview.err
    );
}

#[test]
fn a_pipe_in_the_place_of_the_workspace_file_is_refused() {
    let folder = minimal("pipe-workspace");
    fs::remove_file(folder.join("valet.yaml")).unwrap();
    pipe(&folder.join("valet.yaml"));
    let at = folder.to_str().unwrap();
    for command in ["check", "generate"] {
        let ran = valet(&folder, &["--workspace", at, command]);
        assert_eq!(ran.code, 2);
        assert!(
            ran.err.contains("valet.yaml: not a regular file"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_config_may_be_a_link_inside_the_workspace_only() {
    let folder = minimal("link-config");
    let outside = minimal("link-config-outside").join("configs/dev/orders.yaml");
    symlink(&outside, folder.join("configs/dev/away.yaml")).unwrap();
    found(&folder, "not a regular file of this workspace");
    fs::remove_file(folder.join("configs/dev/away.yaml")).unwrap();
    fs::write(folder.join("linked.yaml"), "shortname: linked\n").unwrap();
    symlink("../../linked.yaml", folder.join("configs/dev/near.yaml")).unwrap();
    assert_eq!(run(&folder, "check").code, 0);
}

#[test]
fn folders_that_lead_out_or_round_in_circles_are_not_followed() {
    let folder = minimal("link-folder");
    symlink("..", folder.join("configs/dev/loop")).unwrap();
    found(&folder, "a link to a folder");
    fs::remove_file(folder.join("configs/dev/loop")).unwrap();
    symlink("/", folder.join("configs/everything")).unwrap();
    assert_eq!(run(&folder, "check").code, 0, "no environment claims it");
    fs::remove_file(folder.join("configs/everything")).unwrap();
    let outside = minimal("link-folder-outside").join("configs/dev");
    fs::remove_file(folder.join("configs/dev/orders.yaml")).unwrap();
    fs::remove_dir(folder.join("configs/dev")).unwrap();
    symlink(&outside, folder.join("configs/dev")).unwrap();
    found(&folder, "`configs/dev` leads out of the workspace");
    fs::remove_file(folder.join("configs/dev")).unwrap();
    symlink("dev", folder.join("configs/dev")).unwrap();
    found(&folder, "there is no folder `configs/dev`");
}

#[test]
fn no_link_in_the_output_is_followed_and_none_is_replaced() {
    let away = minimal("output-away");
    fs::write(away.join("main.tf"), "# theirs\n").unwrap();
    let before = paths(&away);
    for (name, path) in [
        ("output", "generated"),
        ("environment", "generated/dev"),
        ("unit", "generated/dev/orders"),
    ] {
        let folder = minimal(&format!("output-{name}"));
        let link = folder.join(path);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(&away, &link).unwrap();
        refused(&folder, "a symbolic link; nothing is written through it");
        assert_eq!(
            run(&folder, "generate --check").code,
            2,
            "nor read through it"
        );
        fs::remove_file(&link).unwrap();
        symlink("nowhere", &link).unwrap();
        refused(&folder, "a symbolic link; nothing is written through it");
    }
    let folder = minimal("output-file");
    assert_eq!(run(&folder, "generate").code, 0);
    let main = folder.join("generated/dev/orders/main.tf");
    fs::remove_file(&main).unwrap();
    symlink(away.join("main.tf"), &main).unwrap();
    found_in_the_way(&folder);
    fs::remove_file(&main).unwrap();
    pipe(&main);
    found_in_the_way(&folder);
    assert_eq!(paths(&away), before);
    assert_eq!(
        fs::read_to_string(away.join("main.tf")).unwrap(),
        "# theirs\n"
    );
}

fn found_in_the_way(folder: &Path) {
    let ran = run(folder, "generate");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("main.tf was not generated"), "{}", ran.err);
}

#[test]
fn links_with_the_names_of_unfinished_files_are_removed_and_not_written_through() {
    let away = minimal("unfinished-away");
    let precious = away.join("precious");
    fs::write(&precious, "precious\n").unwrap();
    let folder = minimal("unfinished");
    assert_eq!(run(&folder, "generate").code, 0);
    let root = folder.join("generated/dev/orders");
    symlink(&precious, root.join(".valet-rds-unfinished-main.tf")).unwrap();
    symlink(
        &away,
        folder.join("generated/dev/.valet-rds-unfinished-extra"),
    )
    .unwrap();
    fs::write(folder.join("configs/dev/extra.yaml"), "shortname: extra\n").unwrap();
    fs::write(
        folder.join("configs/dev/orders.yaml"),
        "shortname: orders\nport: 6000\n",
    )
    .unwrap();
    let ran = run(&folder, "generate");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious\n");
    assert!(!away.join("main.tf").exists());
    let left = paths(&folder.join("generated"));
    assert!(
        !left.iter().any(|name| name.contains("unfinished")),
        "{left:?}"
    );
}

#[test]
fn leftovers_of_killed_runs_are_swept_wherever_they_are() {
    let folder = minimal("leftovers");
    assert_eq!(run(&folder, "generate").code, 0);
    let whole = paths(&folder.join("generated"));
    let dev = folder.join("generated/dev");
    fs::create_dir(dev.join(".valet-rds-unfinished-gone")).unwrap();
    fs::write(dev.join(".valet-rds-unfinished-gone/main.tf"), "# Gen").unwrap();
    fs::write(dev.join("orders/.valet-rds-unfinished-main.tf"), "# Gen").unwrap();
    fs::create_dir(dev.join("emptied")).unwrap();
    assert_eq!(run(&folder, "generate --check").code, 0);
    assert_eq!(
        paths(&folder.join("generated")).len(),
        whole.len() + 4,
        "--check removes nothing"
    );
    assert_eq!(run(&folder, "generate").code, 0);
    assert_eq!(paths(&folder.join("generated")), whole);
    fs::create_dir_all(dev.join(".valet-rds-unfinished-gone/inner")).unwrap();
    refused(&folder, "a folder that no run has made; remove it");
}

#[test]
fn a_file_of_zeros_after_a_crash_of_the_machine_is_written_again() {
    let folder = minimal("zeros");
    assert_eq!(run(&folder, "generate").code, 0);
    let main = folder.join("generated/dev/orders/main.tf");
    let whole = fs::read(&main).unwrap();
    for torn in [0, whole.len()] {
        fs::write(&main, vec![0; torn]).unwrap();
        assert_eq!(run(&folder, "generate").code, 0);
        assert_eq!(fs::read(&main).unwrap(), whole);
    }
}

#[test]
fn a_file_in_the_place_of_a_folder_is_told_before_anything_is_written() {
    for path in ["generated", "generated/dev", "generated/dev/orders"] {
        let folder = minimal("file-in-place");
        fs::write(folder.join("configs/dev/also.yaml"), "shortname: also\n").unwrap();
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "mine").unwrap();
        refused(&folder, &format!("{path}: not a folder\n"));
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        assert!(!folder.join("generated/dev/also").exists());
    }
}

/// Root may write anywhere, so a run of root's steps down to nobody.
#[test]
fn an_output_that_may_not_be_written_is_told() {
    let folder = minimal("read-only");
    let output = folder.join("generated");
    fs::create_dir(&output).unwrap();
    fs::set_permissions(&output, fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = command(&folder, &["generate"]);
    if fs::write(output.join("probe"), "").is_ok() {
        fs::remove_file(output.join("probe")).unwrap();
        command.uid(65534).gid(65534);
    }
    let ran = Ran::of(command.output().unwrap());
    fs::set_permissions(&output, fs::Permissions::from_mode(0o755)).unwrap();
    let said = ran.err;
    assert_eq!(ran.code, 2, "{said}");
    assert!(
        said.starts_with("system error: ") && said.contains("ermission denied"),
        "{said}"
    );
    assert_eq!(paths(&output), Vec::<String>::new());
}

/// A limit on the size of files stands in for a full disk: the write fails after some bytes.
#[test]
fn a_full_disk_leaves_whole_files_alone_and_the_next_run_goes_on() {
    let folder = minimal("full");
    let limited = "trap '' XFSZ; ulimit -f 1; exec \"$1\" --today 2026-11-01 generate";
    let ran = shell(&folder, limited);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.contains(".tf: File too large"), "{}", ran.err);
    assert_eq!(
        paths(&folder.join("generated")),
        ["dev"],
        "what was begun is gone"
    );
    assert_eq!(run(&folder, "generate").code, 0);
    let main = folder.join("generated/dev/orders/main.tf");
    let (whole, all) = (fs::read(&main).unwrap(), paths(&folder.join("generated")));
    fs::write(
        folder.join("configs/dev/orders.yaml"),
        "shortname: orders\nport: 6000\n",
    )
    .unwrap();
    let ran = shell(&folder, limited);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(fs::read(&main).unwrap(), whole, "the old text stays");
    assert_eq!(paths(&folder.join("generated")), all);
    assert_eq!(
        run(&folder, "generate").out,
        "updated generated/dev/orders\n"
    );
}
