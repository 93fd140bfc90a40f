//! What makes the command comfortable: questions at a terminal, help, completions, watching, progress.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    cli::{copy, valet},
    workspace::TODAY,
};

const PATIENCE: Duration = Duration::from_secs(20);

fn snapshot(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_command_explains_itself() {
    let here = Path::new(".");
    let root = storage_valet_rds::cli::command("valet-rds");
    snapshot("help", "valet-rds", &valet(here, &["--help"]).out);
    for command in root.get_subcommands() {
        let name = command.get_name();
        let ran = valet(here, &[name, "--help"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        snapshot("help", name, &ran.out);
    }
}

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
    let city = copy("fixtures/city", "offered");
    assert_eq!(
        offered(&city, &["create", "--environment", ""]),
        ["dev3", "prod"]
    );
    assert_eq!(offered(&city, &["--environment", "p"]), ["prod"]);
    assert_eq!(
        offered(&city, &["--environment", "prod", "info", "--namespace", ""]),
        ["agora", "ledger", "search"]
    );
    assert_eq!(
        offered(&city, &["info", "--namespace", "p"]),
        ["payments-iam", "pinned"]
    );
    assert_eq!(
        offered(&city, &["check", "prod/"]),
        ["prod/agora", "prod/ledger", "prod/search"]
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
    assert_eq!(valet(Path::new("."), &["completions", "tcsh"]).code, 2);
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
    let city = copy("fixtures/city", "watch");
    let config = city.join("configs/dev3/agora.yaml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_valet-rds"))
        .args(["--today", TODAY, "preview", "dev3/agora", "--watch"])
        .current_dir(&city)
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

#[cfg(unix)]
mod terminal {
    use std::{
        fs::{self, File, OpenOptions},
        io::{Read, Write},
        os::unix::fs::OpenOptionsExt,
        path::Path,
        process::{Child, Command, Stdio},
        sync::mpsc,
        thread,
        time::{Duration, Instant},
    };

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::{PATIENCE, TODAY, copy};

    /// A run at a terminal of its own.
    struct Terminal {
        child: Child,
        keys: File,
        shown: mpsc::Receiver<Vec<u8>>,
        seen: String,
    }

    impl Terminal {
        fn start(folder: &Path, arguments: &[&str]) -> Self {
            let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
            grantpt(&keys).unwrap();
            unlockpt(&keys).unwrap();
            let name = ptsname(&keys, Vec::new()).unwrap().into_string().unwrap();
            let screen = || {
                const NO_CONTROLLING_TERMINAL: i32 =
                    rustix::fs::OFlags::NOCTTY.bits().cast_signed();
                let mut options = OpenOptions::new();
                options
                    .read(true)
                    .write(true)
                    .custom_flags(NO_CONTROLLING_TERMINAL);
                Stdio::from(options.open(&name).unwrap())
            };
            let child = Command::new(env!("CARGO_BIN_EXE_valet-rds"))
                .args(["--today", TODAY])
                .args(arguments)
                .current_dir(folder)
                .env("NO_COLOR", "1")
                .stdin(screen())
                .stdout(screen())
                .stderr(screen())
                .spawn()
                .unwrap();
            let keys = File::from(keys);
            let mut reader = keys.try_clone().unwrap();
            let (send, shown) = mpsc::channel();
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = reader.read(&mut buffer) {
                    if send.send(buffer[..count].to_vec()).is_err() {
                        break;
                    }
                }
            });
            Self {
                child,
                keys,
                shown,
                seen: String::new(),
            }
        }

        /// Waits for a text after what was waited for before, then types.
        fn answer(&mut self, question: &str, keys: &str) {
            self.wait_for(question);
            self.keys.write_all(keys.as_bytes()).unwrap();
        }

        fn wait_for(&mut self, text: &str) {
            let start = Instant::now();
            loop {
                assert!(
                    start.elapsed() < PATIENCE,
                    "{text:?} is not shown: {:?}",
                    self.seen
                );
                if let Some(at) = self.seen.find(text) {
                    self.seen.drain(..at + text.len());
                    return;
                }
                if let Ok(bytes) = self.shown.recv_timeout(Duration::from_millis(50)) {
                    self.seen.push_str(&String::from_utf8_lossy(&bytes));
                }
            }
        }

        fn end(mut self) -> (i32, String) {
            let status = self.child.wait().unwrap();
            while let Ok(bytes) = self.shown.recv_timeout(Duration::from_millis(200)) {
                self.seen.push_str(&String::from_utf8_lossy(&bytes));
            }
            (status.code().unwrap(), self.seen.replace('\r', ""))
        }
    }

    #[test]
    fn at_a_terminal_what_is_missing_is_asked_for_until_it_is_right() {
        let city = copy("fixtures/city", "asked");
        let valet = city.join("valet.yaml");
        let text = fs::read_to_string(&valet).unwrap();
        fs::write(&valet, text.replacen("      username: postgres\n", "", 1)).unwrap();
        for unit in [
            "agora",
            "pinned",
            "a-namespace-which-is-exactly-as-long-as-kubernetes-lets-them-be",
        ] {
            fs::remove_file(city.join(format!("configs/dev3/{unit}.yaml"))).unwrap();
        }
        let mut terminal = Terminal::start(&city, &["create"]);
        terminal.answer("environment (dev3, prod): ", "dev9\n");
        terminal.wait_for("the environments are `dev3`, `prod`");
        terminal.answer("environment (dev3, prod): ", "dev3\n");
        terminal.answer("namespace: ", "My Orders\n");
        terminal.wait_for("use lower-case letters, digits and hyphens");
        terminal.answer("namespace: ", "orders-dev\n");
        terminal.answer("shortname [ordersdev]: ", "testdev\n");
        terminal.wait_for(
            "`dev3/test-dev` already has the shortname `testdev`; choose another shortname",
        );
        terminal.answer("shortname [ordersdev]: ", "\n");
        terminal.answer("username [postgres]: ", "pg_admin\n");
        terminal.answer("username [postgres]: ", "orders\n");
        terminal.answer("instanceClass [db.t4g.medium]: ", "db.t4g.lrage\n");
        terminal.wait_for("does not have the form of `instanceClass`");
        terminal.answer("instanceClass [db.t4g.medium]: ", "\n");
        terminal.answer("allocatedStorage [50]: ", "5\n");
        terminal.answer("allocatedStorage [50]: ", "100\n");
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        let text = fs::read_to_string(city.join("configs/dev3/orders-dev.yaml")).unwrap();
        assert_eq!(
            text,
            "# yaml-language-server: $schema=../../schemas/config.schema.json\nallocatedStorage: \"100\"\nshortname: ordersdev\nusername: orders\n"
        );
        assert!(
            shown.contains(&text) && shown.contains("created configs/dev3/orders-dev.yaml"),
            "{shown}"
        );
    }

    #[test]
    fn who_leaves_in_the_middle_leaves_nothing_behind() {
        let city = copy("fixtures/city", "left");
        let mut terminal = Terminal::start(&city, &["create", "dev3/fresh"]);
        terminal.answer("shortname [fresh]: ", "fresh\n");
        terminal.answer("instanceClass [db.t4g.medium]: ", "\u{4}");
        let (code, shown) = terminal.end();
        assert_eq!(code, 2);
        assert!(shown.contains("error: nothing was written"), "{shown}");
        assert!(!city.join("configs/dev3/fresh.yaml").exists());
    }

    #[test]
    fn nothing_is_asked_when_nothing_is_missing() {
        let city = copy("fixtures/city", "unasked");
        let terminal = Terminal::start(&city, &["create", "dev3/fresh", "-sn", "fresh"]);
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert!(shown.starts_with("# yaml-language-server: "), "{shown}");
    }
}
