//! `key`: adds a key of a config to a copy of the tree, and sees that it stands in no more places than a person is told.

use std::path::Path;

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::{files, shell};

const COPY: &str = "target/key";

/// Asks for a plan of the real provider; `cargo xtask grades` records those on an emulated AWS.
const RECORDED: &str = "grades::every_key_of_a_config_is_recorded_or_known_to_change_nothing";

/// What both modules of databases say alike: a variable, where it is used, and a row of the impact behind the new one.
const DECLARED: (&str, &str) = (
    "variable \"deletion_protection\" {",
    "variable \"delete_automated_backups\" {
  description = \"Whether automated backups go with the database.\"
  type        = bool
  default     = false
  nullable    = false
}

variable \"deletion_protection\" {",
);
const USED: (&str, &str) = (
    "  delete_automated_backups  = false",
    "  delete_automated_backups  = var.delete_automated_backups",
);
const ROW: &str = "    row(\"deletion_protection\", Always,";

/// A text of a file, and what a person makes of it.
struct Edit {
    file: &'static str,
    old: &'static str,
    new: &'static str,
}

/// The places, and what is written there.
const PLACES: [(&str, &[Edit]); 5] = [
    (
        "declaration",
        &[Edit {
            file: "src/config/keys.rs",
            old: "                /// Whether AWS refuses to delete the instance.",
            new: "                /// Whether automated backups go with the database.
                delete_automated_backups \"deleteAutomatedBackups\": bool, optional();
                /// Whether AWS refuses to delete the instance.",
        }],
    ),
    (
        "lowering",
        &[Edit {
            file: "src/terraform/lower/database.rs",
            old: "        .copied(\"deletion_protection\", &deletion_protection(database))",
            new: "        .optional(\"delete_automated_backups\", &database.delete_automated_backups)
        .copied(\"deletion_protection\", &deletion_protection(database))",
        }],
    ),
    (
        "row of the impact, with what AWS documents",
        &[Edit {
            file: "src/review/impact/rds.rs",
            old: ROW,
            new: "    row(\"delete_automated_backups\", Always, InPlace, \"aws_db_instance.this.delete_automated_backups\", IN_PLACE),
    row(\"deletion_protection\", Always,",
        },
        Edit {
            file: "src/review/impact/aurora.rs",
            old: ROW,
            new: "    row(\"delete_automated_backups\", Always, InPlace, \"aws_rds_cluster.this.delete_automated_backups\", IN_PLACE),
    row(\"deletion_protection\", Always,",
        },
        Edit {
            file: "fixtures/settings.json",
            old: " {\"argument\": \"deletion_protection\",",
            new: " {\"argument\": \"delete_automated_backups\", \"from\": true, \"to\": false, \"happens\": \"now\", \"interrupts\": false, \"source\": \"API reference of DeleteDBInstance, DeleteAutomatedBackups\"},
 {\"argument\": \"deletion_protection\",",
        }],
    ),
    (
        "variable of the module",
        &[
            Edit {
                file: "modules/rds/variables.tf",
                old: DECLARED.0,
                new: DECLARED.1,
            },
            Edit {
                file: "modules/rds/main.tf",
                old: USED.0,
                new: USED.1,
            },
            Edit {
                file: "modules/aurora/variables.tf",
                old: DECLARED.0,
                new: DECLARED.1,
            },
            Edit {
                file: "modules/aurora/main.tf",
                old: USED.0,
                new: USED.1,
            },
        ],
    ),
    (
        "case",
        &[Edit {
            file: "fixtures/ok/storage/configs/dev/gp2.yaml",
            old: "shortname: c",
            new: "shortname: c\ndeleteAutomatedBackups: true",
        }],
    ),
];

/// Adds the key, makes anew what is made from code, and runs the tests, of which what they show is accepted.
pub(crate) fn add(sh: &Shell) -> Result<String> {
    // What has been built in it stays.
    sh.create_dir(COPY)?;
    for path in sh.read_dir(COPY)? {
        if files::name(&path) != "target" {
            sh.remove_path(path)?;
        }
    }
    share_what_is_built(sh)?;
    let tracked = "ls-files --cached --others --exclude-standard -z";
    let tracked = tracked.split(' ');
    let listed = shell::read(cmd!(sh, "git {tracked...}"))?;
    for path in listed.split_terminator('\0').map(Path::new) {
        let to = Path::new(COPY).join(path);
        if path.is_symlink() {
            sh.create_dir(to.parent().unwrap_or(&to))?;
            shell::output(cmd!(sh, "cp -P {path} {to}"))?;
        } else if path.exists() {
            files::copy(sh, path, &to)?;
        }
    }
    let copy = shell::open()?;
    copy.change_dir(sh.current_dir().join(COPY));
    for Edit { file, old, new } in PLACES.iter().flat_map(|(_, edits)| *edits) {
        let text = copy.read_file(file)?;
        let count = text.matches(old).count();
        ensure!(count == 1, "{count} times in {file}: {old}");
        copy.write_file(file, text.replacen(old, new, 1))?;
    }
    // Everything of the workspace at once, as the repository has been built: with the same features of every package.
    shell::output(cmd!(copy, "cargo build --quiet --workspace --bins --tests"))?;
    shell::output(cmd!(copy, "target/debug/xtask docs").env_remove("VALET_RDS"))?;
    // What the tests show is accepted, but for snapshots in their own code: a test with another one fails.
    shell::output(
        cmd!(
            copy,
            "cargo test --quiet --workspace --test main -- --exact --skip {RECORDED}"
        )
        .env("INSTA_UPDATE", "always"),
    )?;
    let places: Vec<_> = PLACES.iter().map(|(place, _)| *place).collect();
    Ok(format!(
        "{} places: {}; a plan for it: `cargo xtask grades`",
        places.len(),
        places.join(", ")
    ))
}

/// Gives the copy the packages that the repository has been built with: their files, not copies of them.
fn share_what_is_built(sh: &Shell) -> Result<()> {
    let (built, shared) = (
        Path::new("target/debug"),
        Path::new(COPY).join("target/debug"),
    );
    if shared.exists() || !built.exists() {
        return Ok(());
    }
    sh.create_dir(&shared)?;
    for folder in ["build", "deps", ".fingerprint"].map(|name| built.join(name)) {
        shell::output(cmd!(sh, "cp -al {folder} {shared}"))?;
    }
    Ok(())
}
