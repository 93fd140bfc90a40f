//! A checkout that nobody has looked at yet: whatever it holds, no command prints what is outside of it, waits for
//! ever, or fills the memory.
#![cfg(unix)]

use std::{
    fs,
    io::Read,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    command::{Ran, command, valet},
    folder::{edit, minimal},
};

const SECRET: &str = "SUPERSECRET123";

/// Runs a command with a secret in its environment, and kills it when it takes too long.
fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let mut child = command(folder, arguments)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // More than a pipe holds has to be read before the command can end.
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (stdout, stderr) = (thread::spawn(|| all(out)), thread::spawn(|| all(err)));
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{arguments:?} hangs");
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ran::of(Output {
        status: child.wait().unwrap(),
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    })
}

fn all(mut pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Runs every command that could print what it reads.
fn assert_quiet(folder: &Path, unit: &str, place: &str) {
    let plan = fs::canonicalize("fixtures/plans/create.json").unwrap();
    let plan = plan.to_str().unwrap();
    let config = format!("configs/{unit}.yaml");
    for arguments in [
        &["check"][..],
        &["check", "--format", "json"],
        &["check", "--format", "github"],
        &["check", "--format", "sarif"],
        &["check", "--fix"],
        &["generate", "--check"],
        &["generate"],
        &["preview", unit],
        &["preview", &config],
        &["info", unit],
        &["info", unit, "--format", "json"],
        &["explain", unit],
        &["explain", &config],
        &["graph", unit],
        &["k8s", unit],
        &["handoff", unit],
        &["handoff", "--all"],
        &["handoff", "--all", "--check"],
        &["privatelink", unit],
        &["retire", unit],
        &["gate", plan, "--unit", unit],
        &["create", unit, "--set", "port=6000"],
    ] {
        let ran = run(folder, arguments);
        let printed = format!("{}{}", ran.out, ran.err);
        assert!(
            !printed.contains(SECRET),
            "{place}: {arguments:?}: {printed}"
        );
    }
}

/// A file outside of every workspace.
fn outside(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn no_link_makes_a_command_print_what_is_outside() {
    let config = outside(
        "config.yaml",
        &format!("shortname: orders\n{SECRET}: 1\nport: {SECRET}\n"),
    );
    let outputs = outside(
        "outputs.json",
        &format!("{{\"username\": {{\"value\": \"{SECRET}\"}}}}"),
    );
    let tf = outside(
        "main.tf",
        &format!("# Generated from {SECRET}. Do not edit.\n"),
    );
    let workspace = outside("valet.yaml", &format!("{SECRET}: 1\n"));
    let everything = Path::new("/proc/self/environ");
    for (place, targets) in [
        ("configs/dev/x.yaml", [everything, &config]),
        ("configs/dev/orders.yaml", [everything, &config]),
        ("generated/dev/orders/outputs.json", [everything, &outputs]),
        ("generated/dev/orders/main.tf", [everything, &tf]),
        ("generated/dev/orders/terraform.tf", [everything, &tf]),
        ("valet.yaml", [everything, &workspace]),
    ] {
        for target in targets {
            let folder = minimal("checkout-links");
            assert_eq!(valet(&folder, &["generate"]).code, 0);
            let _ = fs::remove_file(folder.join(place));
            symlink(target, folder.join(place)).unwrap();
            let unit = if place.contains("/x.yaml") {
                "dev/x"
            } else {
                "dev/orders"
            };
            assert_quiet(&folder, unit, &format!("{place} -> {}", target.display()));
        }
    }
}

#[test]
fn no_folder_makes_a_command_print_what_is_outside() {
    let away = minimal("checkout-away");
    fs::write(
        away.join("configs/dev/orders.yaml"),
        format!("shortname: {SECRET}\n"),
    )
    .unwrap();
    fs::create_dir_all(away.join("configs/other")).unwrap();
    fs::write(
        away.join(format!("configs/other/{SECRET}.yaml")),
        "shortname: a\n",
    )
    .unwrap();
    for (place, target) in [
        ("configs", "configs"),
        ("configs/dev", "configs/dev"),
        ("configs/dev/below", "configs"),
    ] {
        let folder = minimal("checkout-folders");
        let _ = fs::remove_dir_all(folder.join(place));
        symlink(away.join(target), folder.join(place)).unwrap();
        assert_quiet(&folder, "dev/orders", place);
    }
}

#[test]
fn a_repository_of_private_links_gives_nothing_away() {
    let folder = minimal("checkout-privatelink");
    edit(
        &folder.join("valet.yaml"),
        "environments:",
        "privatelink: {repository: /proc/self, file: environ}\nenvironments:",
    );
    let arguments = [
        "privatelink",
        "dev/orders",
        "--proxy-endpoint",
        "a.example.com",
        "--endpoint-service-name",
        "vpce.example.com",
    ];
    let ran = run(&folder, &arguments);
    assert!(
        !format!("{}{}", ran.out, ran.err).contains(SECRET),
        "{}",
        ran.err
    );
    fs::create_dir_all(folder.join("links/.git")).unwrap();
    fs::write(folder.join("links/.git/config"), "{}\n").unwrap();
    edit(
        &folder.join("valet.yaml"),
        "repository: /proc/self, file: environ",
        "repository: links, file: .git/config",
    );
    let ran = run(&folder, &arguments);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("git's own"), "{}", ran.err);
}

#[test]
fn devices_pipes_and_giants_in_a_root_are_told_at_once() {
    for name in ["terraform.tf", "main.tf", "outputs.tf"] {
        let folder = minimal("checkout-root");
        assert_eq!(valet(&folder, &["generate"]).code, 0);
        let path = folder.join("generated/dev/orders").join(name);
        let refused = |what: &str| {
            for arguments in [&["check"][..], &["generate"], &["generate", "--check"]] {
                let ran = run(&folder, arguments);
                assert!(
                    ran.code <= 2,
                    "{name} is {what}: {arguments:?}: {}",
                    ran.err
                );
            }
            let ran = run(&folder, &["generate"]);
            assert_eq!(ran.code, 1, "{name} is {what}: {}", ran.err);
            let is_told = ran.err.contains(&format!("{name} was not generated"));
            assert!(is_told, "{}", ran.err);
            fs::remove_file(&path).unwrap();
        };
        fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        refused("a device");
        assert!(
            Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        refused("a pipe");
        fs::File::create(&path).unwrap().set_len(2 << 30).unwrap();
        let start = Instant::now();
        refused("two gigabytes");
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{:?}",
            start.elapsed()
        );
    }
}

#[test]
fn pipes_and_devices_in_the_place_of_inputs_are_told_at_once() {
    for (place, arguments) in [
        ("valet.yaml", &["check"][..]),
        ("generated/dev/orders/outputs.json", &["k8s", "dev/orders"]),
        (
            "configs/dev/orders.yaml",
            &["preview", "configs/dev/orders.yaml"],
        ),
        ("configs/dev/orders.yaml", &["info", "dev/orders"]),
    ] {
        let folder = minimal("checkout-inputs");
        assert_eq!(valet(&folder, &["generate"]).code, 0);
        let path = folder.join(place);
        let _ = fs::remove_file(&path);
        assert!(
            Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        let ran = run(&folder, arguments);
        assert_ne!(ran.code, 0, "{place}");
        assert!(
            ran.err.contains("not a regular file"),
            "{place}: {}",
            ran.err
        );
        fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        assert_ne!(run(&folder, arguments).code, 0, "{place}");
    }
}

#[test]
fn a_folder_that_is_exchanged_while_it_is_read_leads_nowhere() {
    let away = minimal("checkout-race-away");
    fs::write(
        away.join("configs/dev/orders.yaml"),
        format!("{SECRET}: 1\n"),
    )
    .unwrap();
    let folder = minimal("checkout-race");
    let (dev, kept, link) = (
        folder.join("configs/dev"),
        folder.join("kept"),
        folder.join("link"),
    );
    symlink(away.join("configs/dev"), &link).unwrap();
    let is_over = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = fs::rename(&dev, &kept).and_then(|()| fs::rename(&link, &dev));
                let _ = fs::rename(&dev, &link).and_then(|()| fs::rename(&kept, &dev));
            }
        });
        for _ in 0..40 {
            let ran = run(&folder, &["check"]);
            assert!(!ran.err.contains(SECRET), "{}", ran.err);
        }
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn roots_are_not_written_where_others_have_something() {
    for (output, code, said) in [
        (".git", 1, "bad-output"),
        (".git/roots", 1, "bad-output"),
        ("a/.GIT", 1, "bad-output"),
        ("con", 1, "is a device on Windows"),
        ("a/NUL.tf", 1, "is a device on Windows"),
        ("configs", 1, "bad-output"),
        ("configs/dev", 1, "bad-output"),
        ("configs/dev/roots", 1, "bad-output"),
        ("Configs/Dev", 1, "bad-output"),
        ("configs-roots", 0, ""),
        ("con-roots/a", 0, ""),
    ] {
        let folder = minimal("checkout-output");
        edit(
            &folder.join("valet.yaml"),
            "environments:",
            &format!("output: {output}\nenvironments:"),
        );
        let ran = valet(&folder, &["generate"]);
        assert_eq!(ran.code, code, "{output}: {}", ran.err);
        assert!(ran.err.contains(said), "{output}: {}", ran.err);
    }
}
