//! A Terraform that says what a test has laid out for each root, so that runs over many roots can be looked at without
//! one. What the real one does is looked at by `cargo xtask apply`.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

const SCRIPT: &str = r#"#!/bin/sh
# In the folder of a root: a file named after a command that fails holds what it says; `plan.json` is what a plan shows.
here=$(dirname "$0")
if [ "$1" = version ]; then cat "$here/version.json"; exit; fi
told=$here/$(basename "$PWD")
mkdir -p "$told"
echo "$*" >>"$told/commands"
if [ "$1" = apply ] && [ -f "$told/apply.jsonl" ]; then cat "$told/apply.jsonl"; fi
if [ -f "$told/$1.fails" ]; then cat "$told/$1.fails" >&2; exit 1; fi
case $1 in
  init) mkdir -p "$TF_DATA_DIR" ;;
  plan)
    [ -f "$told/applied" ] && [ ! -f "$told/again" ] && exit 0
    [ -f "$told/plan.json" ] || exit 0
    cp "$told/plan.json" "$TF_DATA_DIR/valet-rds.plan"
    exit 2 ;;
  show) cat "$TF_DATA_DIR/valet-rds.plan" ;;
  apply)
    if [ -f "$told/slow" ]; then
      trap 'echo interrupted >>"$told/commands"; exit 1' INT
      echo waiting >>"$told/commands"
      while :; do sleep 0.05; done
    fi
    touch "$told/applied" ;;
  providers) cp "$here/lock.hcl" .terraform.lock.hcl ;;
  output) cat "$told/outputs.json" 2>/dev/null || echo '{}' ;;
esac
"#;

/// The program, and what it says.
pub(crate) struct Fake {
    folder: PathBuf,
    pub(crate) program: String,
}

impl Fake {
    /// One that finds nothing to do in these roots.
    pub(crate) fn new(folder: &Path, roots: &[&str]) -> Self {
        let folder = folder.join("fake");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for root in roots {
            fs::create_dir_all(folder.join(root)).unwrap();
        }
        let program = folder.join("terraform");
        fs::write(&program, SCRIPT).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let fake = Self {
            program: program.to_str().unwrap().to_owned(),
            folder,
        };
        fake.version("1.11.4");
        fake
    }

    pub(crate) fn version(&self, version: &str) {
        let text = format!("{{\"terraform_version\": \"{version}\"}}");
        fs::write(self.folder.join("version.json"), text).unwrap();
    }

    /// Lays out a file for a root.
    pub(crate) fn says(&self, root: &str, file: &str, text: &str) {
        fs::write(self.folder.join(root).join(file), text).unwrap();
    }

    /// Lays out the lock file that `providers lock` writes.
    pub(crate) fn locks(&self, text: &str) {
        fs::write(self.folder.join("lock.hcl"), text).unwrap();
    }

    /// Lays out another plan for a root, whether or not it has been applied before.
    pub(crate) fn plans(&self, root: &str, plan: &str) {
        fs::create_dir_all(self.folder.join(root)).unwrap();
        let _ = fs::remove_file(self.folder.join(root).join("applied"));
        self.says(root, "plan.json", plan);
    }

    /// Lays out the outputs of a root.
    pub(crate) fn tells(&self, root: &str, outputs: &str) {
        fs::create_dir_all(self.folder.join(root)).unwrap();
        self.says(root, "outputs.json", outputs);
    }

    /// Takes a file away.
    pub(crate) fn unsays(&self, root: &str, file: &str) {
        fs::remove_file(self.folder.join(root).join(file)).unwrap();
    }

    /// Every command that was run in a root.
    pub(crate) fn commands(&self, root: &str) -> String {
        fs::read_to_string(self.folder.join(root).join("commands")).unwrap_or_default()
    }
}
