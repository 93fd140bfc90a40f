//! Files in roots that nobody has generated, and generated ones that somebody has edited: each is told by its name, and
//! none is lost in silence.

use std::{fs, path::Path, process::Command};

use insta::assert_snapshot;

use crate::support::{
    command::run,
    folder::{city, edit, paths},
    monorepo::Monorepo,
};

/// A file that lies in a root, and whether Terraform may read it.
const FILES: &[(&str, &str, bool)] = &[
    ("main_override.tf", "module \"rds\" {}\n", true),
    ("override.tf", "module \"rds\" {}\n", true),
    ("override.tf.json", "{}\n", true),
    ("extra_override.tf.json", "{}\n", true),
    ("extra.tf", "# something\n", true),
    ("extra.tf.json", "{}\n", true),
    ("extra.tofu", "# something\n", true),
    ("empty.tf", "", true),
    ("terraform.tfvars", "a = 1\n", true),
    ("terraform.tfvars.json", "{}\n", true),
    ("z.auto.tfvars", "a = 1\n", true),
    ("z.auto.tfvars.json", "{}\n", true),
    ("terraform.tfstate", "{}\n", true),
    (".terraform.lock.hcl", "", false),
    ("outputs.json", "{}\n", false),
    ("README.md", "# Ours\n", false),
    (".extra.tf", "resource \"x\" \"y\" {}\n", false),
    ("extra.tf~", "resource \"x\" \"y\" {}\n", false),
    ("inner/extra.tf", "resource \"x\" \"y\" {}\n", false),
];

#[test]
fn every_file_that_terraform_may_read_is_told_by_name_and_stays() {
    let repo = Monorepo::new("foreign");
    for root in ["generated/dev/ledger", "generated/dev/_environment"] {
        for (name, text, is_told) in FILES {
            let path = format!("{root}/{name}");
            repo.write(&path, text);
            for line in ["check", "generate --check", "generate"] {
                let ran = repo.run(line);
                assert_eq!(ran.code, i32::from(*is_told), "{path}: {line}: {ran}");
                let told = ran.err.contains(&format!("{path} was not generated"));
                assert_eq!(told, *is_told, "{path}: {line}: {ran}");
                assert_eq!(ran.err.contains("foreign-file"), *is_told, "{ran}");
            }
            let file = repo.workspace.join(&path);
            assert_eq!(fs::read_to_string(&file).unwrap(), *text, "{path}");
            fs::remove_file(file).unwrap();
        }
    }
    assert_eq!(repo.run("generate --check").code, 0);
}

#[test]
fn a_foreign_file_makes_its_unit_affected_at_the_worst() {
    for (name, text, is_told) in FILES.iter().filter(|(name, ..)| !name.contains('/')) {
        let repo = Monorepo::new("foreign-review");
        repo.write(&format!("generated/dev/ledger/{name}"), text);
        repo.git("add --all --force");
        repo.commit();
        let affected = repo.run("affected --base HEAD~1");
        let denied = repo.run("diff --base HEAD~1 --deny data-loss");
        // The lock file is empty, which Terraform would not take.
        let is_seen = *is_told || *name == ".terraform.lock.hcl";
        let expected = if is_seen { "dev/ledger\n" } else { "" };
        assert_eq!(affected.out, expected, "{name}: {affected}");
        assert_eq!(denied.code, i32::from(is_seen), "{name}: {denied}");
        assert_eq!(denied.out.contains(name), is_seen, "{name}: {denied}");
    }
}

#[test]
fn only_what_has_our_name_and_our_first_line_is_ever_removed() {
    let city = city("foreign-copies");
    run(&city, "generate");
    let root = city.join("generated/dev3/test-dev");
    let main = fs::read_to_string(root.join("main.tf")).unwrap();
    let mine = format!("{main}\nresource \"x\" \"mine\" {{}}\n");
    fs::write(root.join("alarms-draft.tf"), &mine).unwrap();
    fs::write(root.join("empty.tf"), "").unwrap();
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 1
    --- stderr ---
    foreign-file

      × generated/dev3/test-dev/alarms-draft.tf was not generated, and Terraform may read it
       ╭─[generated/dev3/test-dev/alarms-draft.tf:1:1]
       ╰────
      help: move it into a folder of its own, or remove it

    foreign-file

      × generated/dev3/test-dev/empty.tf was not generated, and Terraform may read it
       ╭─[generated/dev3/test-dev/empty.tf:1:1]
       ╰────
      help: move it into a folder of its own, or remove it

    2 errors
    ");
    let checked = run(&city, "generate --check");
    assert_eq!((checked.code, checked.out.as_str()), (1, ""), "{checked}");
    assert_eq!(
        fs::read_to_string(root.join("alarms-draft.tf")).unwrap(),
        mine
    );
    assert_eq!(fs::read_to_string(root.join("empty.tf")).unwrap(), "");
}

#[test]
fn a_root_does_not_leave_while_somebody_elses_file_is_in_it() {
    let city = city("foreign-leaving");
    run(&city, "generate");
    let old = city.join("configs/dev3/test-dev.yaml");
    let new = city.join("configs/dev3/trial.yaml");
    fs::rename(&old, &new).unwrap();
    edit(&new, "namespace: test-dev", "namespace: trial");
    let root = city.join("generated/dev3/test-dev");
    let main = fs::read_to_string(root.join("main.tf")).unwrap();
    fs::write(root.join("mine.tf"), "# mine\n").unwrap();
    let before = paths(&city.join("generated"));
    let ran = run(&city, "generate");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.err.contains("test-dev/mine.tf was not generated"),
        "{ran}"
    );
    fs::remove_file(root.join("mine.tf")).unwrap();
    let edited = format!("{main}\nresource \"x\" \"mine\" {{}}\n");
    fs::write(root.join("main.tf"), edited).unwrap();
    let ran = run(&city, "generate");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.err
            .contains("test-dev/main.tf holds `resource \"x\" \"mine\"`"),
        "{ran}"
    );
    let mut after = before;
    after.retain(|path| !path.ends_with("mine.tf"));
    assert_eq!(paths(&city.join("generated")), after);
    fs::write(root.join("main.tf"), main).unwrap();
    assert_eq!(run(&city, "generate").code, 0);
    assert!(!root.exists());
}

#[test]
fn what_is_never_generated_is_not_replaced() {
    let repo = Monorepo::new("edited");
    let path = repo.workspace.join("generated/dev/orders/main.tf");
    let text = fs::read_to_string(&path).unwrap();
    for block in [
        "resource \"x\" \"mine\" {}",
        "data \"x\" \"mine\" {}",
        "locals {\n  a = 1\n}",
        "variable \"mine\" {}",
        "moved {\n  from = module.a\n  to   = module.b\n}",
        "check \"mine\" {}",
        "ephemeral \"x\" \"mine\" {}",
    ] {
        let edited = format!("{text}\n{block}\n");
        fs::write(&path, &edited).unwrap();
        for line in ["generate --check", "generate"] {
            let ran = repo.run(line);
            assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{block}: {ran}");
            assert!(ran.err.contains("edited-file"), "{block}: {ran}");
            assert!(
                ran.err.contains("generated/dev/orders/main.tf holds"),
                "{block}: {ran}"
            );
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), edited);
    }
}

#[test]
fn a_file_that_is_not_as_git_has_it_is_named_when_it_is_replaced() {
    let repo = Monorepo::new("edited-value");
    let path = "generated/dev/orders/main.tf";
    repo.edit(
        path,
        "deletion_protection        = true",
        "deletion_protection        = false",
    );
    let checked = repo.run("generate --check");
    assert_eq!(checked.code, 1, "{checked}");
    assert!(checked.out.contains(path), "{checked}");
    assert_snapshot!(repo.run("generate"), @r"
    exit code 0
    --- stdout ---
    updated generated/dev/orders
    --- stderr ---
    0 created, 1 updated, 0 removed, 4 unchanged
    replaced, although it was not what git has: generated/dev/orders/main.tf
    ");
    assert_eq!(repo.git("status --short"), "");
    // What is committed can be had again, so nothing is said.
    repo.edit(
        path,
        "deletion_protection        = true",
        "deletion_protection        = false",
    );
    repo.commit();
    let ran = repo.run("generate");
    assert_eq!(ran.out, "updated generated/dev/orders\n", "{ran}");
    assert!(!ran.err.contains("although"), "{ran}");
}

#[test]
fn what_a_merge_has_left_is_generated_again() {
    let repo = Monorepo::new("edited-merge");
    repo.git("checkout --quiet -b feature");
    repo.write("configs/dev/orders.yaml", "shortname: orders\nport: 6001\n");
    repo.generate_and_commit();
    repo.git("checkout --quiet main");
    repo.write("configs/dev/orders.yaml", "shortname: orders\nport: 6002\n");
    repo.generate_and_commit();
    let merge = Command::new("git")
        .args(["merge", "--quiet", "feature"])
        .current_dir(&repo.top)
        .output()
        .unwrap();
    assert!(!merge.status.success());
    let main = repo.workspace.join("generated/dev/orders/main.tf");
    assert!(fs::read_to_string(&main).unwrap().contains("<<<<<<<"));
    repo.write("configs/dev/orders.yaml", "shortname: orders\nport: 6002\n");
    repo.generate();
    assert_eq!(repo.run("generate --check").code, 0);
    assert!(!fs::read_to_string(&main).unwrap().contains("<<<<<<<"));
}

/// Something else in the place of a file that is to be written.
#[cfg(unix)]
#[test]
fn what_stands_in_the_place_of_a_file_is_told_as_what_it_is() {
    use std::os::unix::fs::symlink;
    const LARGE: &str = "it is larger than any generated file";
    let make = |words: &str, path: &Path| match words {
        "it is a symbolic link" => symlink("/dev/zero", path).unwrap(),
        "it is not a regular file" => {
            let made = Command::new("mkfifo").arg(path).status();
            assert!(made.unwrap().success());
        }
        "it is a folder" => fs::create_dir(path).unwrap(),
        _ => fs::File::create(path).unwrap().set_len(2 << 30).unwrap(),
    };
    for words in [
        "it is a symbolic link",
        "it is not a regular file",
        "it is a folder",
        LARGE,
    ] {
        for name in ["terraform.tf", "main.tf", "outputs.tf"] {
            let repo = Monorepo::new("in-the-way");
            let path = repo.workspace.join("generated/dev/orders").join(name);
            fs::remove_file(&path).unwrap();
            make(words, &path);
            for line in [
                "check",
                "generate",
                "generate --check",
                "generate dev/orders",
            ] {
                // The size of a file that nobody has to read is not looked at.
                if line == "check" && words == LARGE && name != "terraform.tf" {
                    continue;
                }
                let ran = repo.run(line);
                assert_eq!(ran.code, 1, "{name}, {words}: {line}: {ran}");
                assert!(ran.err.contains("occupied-path"), "{line}: {ran}");
                let said = ran.err.replace("\n  │ ", " ");
                let path = format!("generated/dev/orders/{name} was not generated");
                assert!(said.contains(&path), "{line}: {ran}");
                assert!(said.contains(words), "{line}: {ran}");
                assert!(!ran.err.contains("orphaned"), "{line}: {ran}");
            }
        }
    }
}
