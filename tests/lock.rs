//! The lock file: `lock` has Terraform write it, `generate` copies it into every root, a review reads what it changes.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use insta::assert_snapshot;

use crate::support::{
    command::{Ran, command, run},
    folder::{case, edit, paths},
    monorepo::Monorepo,
};

const NAME: &str = ".terraform.lock.hcl";

/// A lock file as Terraform writes it, of a version.
fn lock(version: &str) -> String {
    let text = fs::read_to_string(Path::new("fixtures/ok/locked").join(NAME)).unwrap();
    text.replace("5.100.0\"\n", &format!("{version}\"\n"))
}

/// A workspace with two units and a lock file.
fn locked(name: &str) -> PathBuf {
    let folder = case("ok/locked", name);
    fs::write(folder.join(NAME), lock("5.100.0")).unwrap();
    fs::write(folder.join("configs/dev/mail.yaml"), "shortname: mail\n").unwrap();
    folder
}

/// The lock files of the roots.
fn copies(folder: &Path) -> Vec<String> {
    let roots = folder.join("generated/dev");
    let all = paths(&roots)
        .into_iter()
        .filter(|path| path.ends_with(NAME));
    all.map(|path| fs::read_to_string(roots.join(path)).unwrap())
        .collect()
}

#[test]
fn every_root_gets_a_copy_that_is_held_fresh() {
    let folder = locked("lock-copies");
    assert_eq!(run(&folder, "generate").code, 0);
    assert_eq!(copies(&folder), vec![lock("5.100.0"); 3]);
    assert_eq!(run(&folder, "generate --check").code, 0);

    fs::write(folder.join(NAME), lock("6.62.0")).unwrap();
    let stale = run(&folder, "generate --check");
    assert_eq!(stale.code, 1);
    assert_eq!(stale.out.matches("+  version     = \"6.62.0\"").count(), 3);
    assert_snapshot!(run(&folder, "generate"), @r"
    exit code 0
    --- stdout ---
    updated generated/dev/_environment
    updated generated/dev/mail
    updated generated/dev/orders
    --- stderr ---
    0 created, 3 updated, 0 removed, 0 unchanged
    ");
    assert_eq!(copies(&folder), vec![lock("6.62.0"); 3]);
}

#[test]
fn a_copy_goes_with_its_root() {
    let folder = locked("lock-goes");
    run(&folder, "generate");
    let configs = folder.join("configs/dev");
    fs::rename(configs.join("mail.yaml"), configs.join("post.yaml")).unwrap();
    let moved = run(&folder, "generate");
    assert_eq!(
        (moved.code, moved.err.contains("stays")),
        (0, false),
        "{moved}"
    );
    for step in ["retiring", "retired"] {
        let text = format!("shortname: mail\nlifecycle: {step}\nretirementRequested: 2026-11-01\n");
        fs::write(configs.join("post.yaml"), text).unwrap();
        assert_eq!(run(&folder, "generate").code, 0);
    }
    assert_eq!(copies(&folder).len(), 3);
    fs::remove_file(configs.join("post.yaml")).unwrap();
    let ended = run(&folder, "generate");
    assert_eq!(
        (ended.code, ended.err.contains("stays")),
        (0, false),
        "{ended}"
    );
    assert!(!folder.join("generated/dev/post").exists());
}

#[test]
fn without_one_the_lock_files_of_roots_are_left_alone_and_check_says_so() {
    let folder = locked("lock-none");
    run(&folder, "generate");
    fs::remove_file(folder.join(NAME)).unwrap();
    assert_eq!(run(&folder, "generate --check").code, 0);
    assert_eq!(copies(&folder).len(), 3);
    assert_snapshot!(run(&folder, "check"), @r"
    exit code 0
    --- stderr ---
    no-lock

      ⚠ there is no .terraform.lock.hcl beside this file: each run takes the newest provider, whatever
      │ it is
       ╭─[valet.yaml:1:1]
     1 │ modules:
       · ───────
     2 │   source: ../../../modules
       ╰────
      help: run `valet-rds lock`, then `valet-rds generate`, and commit both

    2 configs: 1 warning
    ");
    assert_eq!(run(&folder, "check --deny warnings").code, 1);
}

#[test]
fn whatever_has_its_name_in_a_root_is_replaced_but_nothing_is_written_through_a_link() {
    let folder = locked("lock-replaced");
    run(&folder, "generate");
    let own = folder.join("generated/dev/orders").join(NAME);
    for text in ["# mine\n", "", &lock("5.101.0")] {
        fs::write(&own, text).unwrap();
        assert_eq!(run(&folder, "generate --check").code, 1, "{text}");
        assert_eq!(run(&folder, "generate").code, 0, "{text}");
        assert_eq!(copies(&folder), vec![lock("5.100.0"); 3]);
    }
    #[cfg(unix)]
    {
        let outside = folder.join("outside");
        fs::rename(&own, &outside).unwrap();
        fs::write(&outside, "# mine\n").unwrap();
        std::os::unix::fs::symlink(&outside, &own).unwrap();
        assert_eq!(run(&folder, "generate").code, 2);
        assert_eq!(fs::read_to_string(&outside).unwrap(), "# mine\n");
    }
}

#[test]
fn an_update_of_the_provider_is_a_reviewed_change_of_every_root() {
    let repo = Monorepo::new("lock-update");
    repo.write(NAME, &lock("5.100.0"));
    repo.generate_and_commit();
    repo.write(NAME, &lock("6.62.0"));
    let stale = repo.run("diff --base HEAD");
    assert_eq!(stale.code, 1, "{stale}");
    assert!(stale.err.contains("stale-root"), "{stale}");
    repo.generate();
    let fresh = repo.run("diff --base HEAD");
    assert_eq!(fresh.code, 0, "{fresh}");
    let why = "only a plan shows what another version of the provider does";
    assert!(fresh.out.contains(why), "{fresh}");
    let touched = repo.run("affected --base HEAD");
    for unit in [
        "dev/_environment",
        "dev/ledger",
        "dev/orders",
        "prod/orders",
    ] {
        assert!(touched.out.contains(unit), "{touched}");
    }
}

/// What everybody is locked to is no change of the one who comes along.
#[test]
fn the_lock_file_of_a_new_unit_is_no_difference_unless_it_holds_nothing() {
    let repo = Monorepo::new("lock-new-unit");
    repo.write(NAME, &lock("5.100.0"));
    repo.generate_and_commit();
    repo.write("configs/dev/mail.yaml", "shortname: mail\n");
    repo.generate();
    let ran = repo.run("diff --base HEAD");
    assert_snapshot!(ran.out, @"
    dev/mail: new

    1 unit changes: 1 new
    ");
    let own = repo.workspace.join(format!("generated/dev/mail/{NAME}"));
    edit(
        &own,
        "    \"h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\n",
        "",
    );
    let ran = repo.run("diff --base HEAD");
    assert!(ran.out.contains("no `h1:` checksum"), "{ran}");
}

#[test]
fn what_a_new_root_is_locked_to_is_no_change() {
    let repo = Monorepo::new("lock-new");
    repo.write(NAME, &lock("5.100.0"));
    repo.generate_and_commit();
    repo.write("configs/dev/mail.yaml", "shortname: mail\n");
    repo.generate();
    let ran = repo.run("diff --base HEAD");
    assert!(ran.out.contains("1 new"), "{ran}");
    assert!(!ran.out.contains("in-place"), "{ran}");
}

#[test]
fn checksums_that_are_taken_away_are_the_worst() {
    let repo = Monorepo::new("lock-without-checksums");
    let own = format!("generated/dev/orders/{NAME}");
    repo.write(&own, &lock("5.100.0"));
    repo.commit();
    let path = repo.workspace.join(&own);
    edit(
        &path,
        "    \"h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\n",
        "",
    );
    let ran = repo.run("diff --base HEAD --deny replace");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.out.contains("no `h1:` checksum"), "{ran}");
}

/// A program in the place of Terraform: it has packages for Linux only, and notes what it was asked in which folder.
#[cfg(unix)]
fn terraform(folder: &Path, version: &str, checksum: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let bin = folder.with_extension("bin");
    fs::create_dir_all(&bin).unwrap();
    let written = lock(version).replace("h1:AAAA", checksum);
    fs::write(bin.join("written"), written).unwrap();
    let script = format!(
        "#!/bin/sh\nbin={}\nif [ $1 = version ]; then echo '{{\"terraform_version\": \"1.11.4\"}}'; exit; fi\necho \"$*\" >> $bin/asked\nls -A >> $bin/asked\ncase $4 in\n  *linux*) cat $bin/written > {NAME} ;;\n  *) echo '│ Error: no package' >&2; echo '│ for it' >&2; exit 1 ;;\nesac\n",
        bin.display()
    );
    let program = bin.join("terraform");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let _ = fs::remove_file(bin.join("asked"));
    bin
}

#[cfg(unix)]
fn lock_with(folder: &Path, bin: &Path, line: &str) -> Ran {
    let arguments: Vec<&str> = line.split(' ').collect();
    let path = format!("{}:{}", bin.display(), env::var("PATH").unwrap());
    Ran::of(
        command(folder, &arguments)
            .env("PATH", path)
            .output()
            .unwrap(),
    )
}

#[cfg(unix)]
#[test]
fn terraform_is_asked_for_each_platform_and_what_it_lacks_is_said() {
    let folder = case("ok/locked", "lock-command");
    fs::remove_file(folder.join(NAME)).unwrap();
    let bin = terraform(&folder, "6.62.0", "h1:AAAA");
    assert_snapshot!(lock_with(&folder, &bin, "lock"), @r"
    exit code 2
    --- stdout ---
    wrote .terraform.lock.hcl
    --- stderr ---
    run `valet-rds generate`, which copies it into every root, and commit both
    darwin_arm64: Error: no package for it
    system error: there are no checksums for `darwin_arm64`: Terraform has no packages for it; run it where the registry can be reached, or name a mirror with --mirror, or the platforms that you need with --platform
    ");
    assert_eq!(
        fs::read_to_string(folder.join(NAME)).unwrap(),
        lock("6.62.0")
    );
    assert_snapshot!(fs::read_to_string(bin.join("asked")).unwrap(), @r"
    providers lock -no-color -platform=darwin_arm64
    log
    terraform.tf
    providers lock -no-color -platform=linux_amd64
    log
    terraform.tf
    providers lock -no-color -platform=linux_arm64
    .terraform.lock.hcl
    log
    terraform.tf
    ");
    // Nothing of the run is left.
    assert!(
        paths(&folder)
            .iter()
            .all(|path| !path.contains("unfinished"))
    );

    assert_snapshot!(lock_with(&folder, &bin, "lock --platform linux_amd64"), @r"
    exit code 0
    --- stderr ---
    .terraform.lock.hcl is up to date
    ");
    for (mirror, passed) in [
        (
            "packages",
            format!("-fs-mirror={}", folder.join("packages").display()),
        ),
        (
            "https://mirror.example.com/",
            "-net-mirror=https://mirror.example.com/".to_owned(),
        ),
    ] {
        let line = format!("lock --platform linux_amd64 --mirror {mirror}");
        assert_eq!(lock_with(&folder, &bin, &line).code, 0);
        let asked = fs::read_to_string(bin.join("asked")).unwrap();
        assert!(
            asked.contains(&format!("-platform=linux_amd64 {passed}\n")),
            "{asked}"
        );
    }
    let upgrade = lock_with(&folder, &bin, "lock --platform linux_amd64 --upgrade");
    assert_eq!(upgrade.code, 0);
    let asked = fs::read_to_string(bin.join("asked")).unwrap();
    let (before, after) = asked.rsplit_once("providers lock").unwrap();
    assert!(
        before.ends_with(&format!("{NAME}\nlog\nterraform.tf\n")),
        "{asked}"
    );
    assert!(
        after.ends_with("linux_amd64\nlog\nterraform.tf\n"),
        "{asked}"
    );
}

#[cfg(unix)]
#[test]
fn a_lock_file_that_holds_nothing_is_not_written() {
    let folder = case("ok/locked", "lock-command-open");
    let bin = terraform(&folder, "5.100.0", "zh:AAAA");
    let before = fs::read_to_string(folder.join(NAME)).unwrap();
    let ran = lock_with(&folder, &bin, "lock --platform linux_amd64");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.err.contains("no `h1:` checksum"), "{ran}");
    assert_eq!(fs::read_to_string(folder.join(NAME)).unwrap(), before);

    let ran = lock_with(&folder, &bin, "lock --platform plan9_mips");
    assert_snapshot!(ran, @r"
    exit code 2
    --- stderr ---
    plan9_mips: Error: no package for it
    system error: there are no checksums for `plan9_mips`: Terraform has no packages for it; run it where the registry can be reached, or name a mirror with --mirror, or the platforms that you need with --platform
    ");
    assert_eq!(fs::read_to_string(folder.join(NAME)).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_lock_file_that_is_wrong_is_written_anew() {
    let folder = case("ok/locked", "lock-command-wrong");
    fs::write(folder.join(NAME), "# mine\n").unwrap();
    assert_eq!(run(&folder, "check").code, 1);
    let bin = terraform(&folder, "5.100.0", "h1:AAAA");
    let ran = lock_with(&folder, &bin, "lock --upgrade --platform linux_arm64");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(run(&folder, "check").code, 0);
}

#[test]
fn words_that_are_no_platform_are_wrong_usage_and_a_machine_without_terraform_is_said() {
    let folder = case("ok/locked", "lock-command-usage");
    for word in ["linux", "Linux_amd64", "linux_amd64;", "_", "../x_y"] {
        let ran = run(&folder, &format!("lock --platform {word}"));
        assert_eq!(ran.code, 2, "{word}: {ran}");
        assert!(ran.err.contains("linux_amd64"), "{ran}");
    }
    let mut without = command(&folder, &["lock"]);
    let ran = Ran::of(without.env("PATH", &folder).output().unwrap());
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.err.starts_with("system error: there is no terraform: "),
        "{ran}"
    );
}
