//! `preview`: the Terraform of one unit, and its companion that watches.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use insta::assert_snapshot;

use crate::support::{
    command::{command, run},
    folder::{city, copy},
    oracle,
};

/// How long anything may take to be printed.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn it_prints_what_generate_writes_and_reads_nothing_else() {
    let city = city("preview");
    run(&city, "generate");
    fs::write(city.join("configs/prod/search.yaml"), "shortname: [\n").unwrap();
    let unit = run(&city, "preview prod/ledger");
    assert_eq!((unit.code, unit.err.as_str()), (0, ""));
    let written = ["main.tf", "outputs.tf", "terraform.tf"].map(|name| {
        let path = format!("generated/prod/ledger/{name}");
        let text = fs::read_to_string(city.join(&path)).unwrap();
        format!("# {path}\n{text}")
    });
    assert_eq!(unit.out, written.join("\n"));
    assert_eq!(run(&city, "preview configs/prod/ledger.yaml").out, unit.out);
    let colored = run(&city, "--color always preview prod/ledger").out;
    assert!(colored.contains("\u{1b}[1mmodule \"rds\"\u{1b}[0m {"));
    assert_eq!(oracle::without_escapes(&colored), unit.out);
}

#[test]
fn a_bare_file_is_previewed_in_the_example_environment() {
    let folder = copy("fixtures/ok/minimal/configs/dev", "bare");
    let ran = run(&folder, "preview orders.yaml");
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran.err, @"note: outside any workspace; the environment is a built-in example");
    let name = "identifier                 = \"orders-example\"";
    assert!(ran.out.contains(name), "{ran}");
}

/// Lines of a process until one satisfies, or patience ends.
fn until(lines: &mpsc::Receiver<String>, mut found: impl FnMut(&str) -> bool) -> Vec<String> {
    let start = Instant::now();
    let mut seen = Vec::new();
    loop {
        assert!(start.elapsed() < PATIENCE, "not seen in {seen:#?}");
        if let Ok(line) = lines.recv_timeout(Duration::from_millis(100)) {
            seen.push(line);
            if found(seen.last().unwrap()) {
                return seen;
            }
        }
    }
}

#[test]
fn a_watched_preview_follows_the_file_and_keeps_the_last_good_output() {
    let city = city("watch");
    let config = city.join("configs/dev3/agora.yaml");
    let mut child = command(&city, &["preview", "dev3/agora", "--watch"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in reader.lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    let class = |class: &str| {
        let text = format!("instance_class             = \"{class}\"");
        move |line: &str| line.contains(&text)
    };
    until(&lines, class("db.t4g.medium"));
    fs::write(&config, "shortname: agora\ninstanceClass: db.t9.large\n").unwrap();
    let seen = until(&lines, class("db.t4g.medium"));
    let at = |part: &str| seen.iter().position(|line| line.contains(part)).unwrap();
    assert!(at("there is no class family `t9`") < at("1 error"));
    assert!(at("1 error") < at("The last version that compiled:"));
    assert!(at("The last version that compiled:") < at("# generated/dev3/agora/main.tf"));
    fs::remove_file(&config).unwrap();
    let seen = until(&lines, class("db.t4g.medium"));
    assert!(
        seen.iter()
            .any(|line| line.starts_with("error: `dev3/agora`: there is no")),
        "{seen:#?}"
    );
    fs::write(&config, "shortname: agora\ninstanceClass: db.t4g.large\n").unwrap();
    let seen = until(&lines, class("db.t4g.large"));
    assert!(
        !seen.iter().any(|line| line.contains("last version")),
        "{seen:#?}"
    );
    assert!(child.try_wait().unwrap().is_none(), "it goes on");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run(&city, "preview - --watch").code, 2);
}
