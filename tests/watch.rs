//! `preview --watch`.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    command::{command, valet},
    folder::city,
};

/// How long anything may take to be printed.
const PATIENCE: Duration = Duration::from_secs(20);

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
    assert_eq!(valet(&city, &["preview", "-", "--watch"]).code, 2);
}
