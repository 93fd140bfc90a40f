//! What shells are offered behind the cursor.

use std::{path::Path, process::Command};

use crate::support::{
    command::{run, valet},
    folder::{city, copy},
};

/// What a shell that asks is offered behind these words.
fn offered(folder: &Path, words: &[&str]) -> Vec<String> {
    let last = words.len().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_valet-rds"))
        .args(["--", "valet-rds"])
        .args(words)
        .current_dir(folder)
        .env("VALET_RDS_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", last)
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "false")
        .env("_CLAP_IFS", "\n")
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn shells_are_offered_what_the_workspace_has() {
    let city = city("offered");
    assert_eq!(
        offered(&city, &["create", "--environment", ""]),
        ["dev3", "prod"]
    );
    assert_eq!(offered(&city, &["--environment", "p"]), ["prod"]);
    assert_eq!(
        offered(&city, &["--environment", "prod", "info", "--namespace", ""]),
        ["agora", "analytics", "ledger", "search"]
    );
    assert_eq!(
        offered(&city, &["info", "--namespace", "p"]),
        ["payments-iam", "pinned"]
    );
    assert_eq!(
        offered(&city, &["check", "prod/"]),
        ["prod/agora", "prod/analytics", "prod/ledger", "prod/search"]
    );
    assert_eq!(
        offered(&city, &["rules", "window-"]),
        ["window-too-short", "window-overlap"]
    );
    for command in ["explain", "generate", "handoff", "preview", "retire"] {
        let unit = format!("{command} dev3/te");
        let words: Vec<_> = unit.split(' ').collect();
        assert_eq!(offered(&city, &words), ["dev3/test-dev"], "{command}");
    }
    assert_eq!(
        offered(&city, &["--environment", "prod", "privatelink", "-c", ""]),
        ["gc-0-prod-ap-northeast-1", "gc-1-prod-ap-northeast-1"]
    );
    assert_eq!(
        offered(&city, &["create", "--set", "inst"]),
        ["instanceClass="]
    );
    assert!(offered(&city, &["comp"]).contains(&"completions".to_owned()));
    let above = city.parent().unwrap();
    assert_eq!(
        offered(above, &["--workspace", "offered", "info", "dev3/te"]),
        ["dev3/test-dev"]
    );
    let nowhere = copy("fixtures/ok/minimal/configs", "completions-nowhere");
    assert!(offered(&nowhere, &["create", "--environment", ""]).is_empty());
}

#[test]
fn each_shell_gets_a_script_it_can_read() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = valet(Path::new("."), &["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("VALET_RDS_COMPLETE"), "{}", ran.out);
        assert!(
            !ran.out.contains(env!("CARGO_MANIFEST_DIR")),
            "no path of this machine"
        );
        let read = Command::new(shell).args(["-n", "-c", &ran.out]).output();
        if let Ok(read) = read {
            assert!(read.status.success(), "{shell}: {read:?}");
        }
    }
    assert_eq!(run(Path::new("."), "completions tcsh").code, 2);
}
