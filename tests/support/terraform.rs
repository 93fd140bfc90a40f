//! A Terraform that says what a test has laid out for each root, so that runs over many roots can be looked at without
//! one. What the real one does is looked at by `cargo xtask apply`.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;

use super::command::{Ran, command, valet};

const SCRIPT: &str = r#"#!/bin/sh
# In the folder of a root: a file named after a command that fails holds what it says; `plan.json` is what a plan shows, in
# `plan.zip` with the states that it is made on. A root that is only looked at has those of its own folder: `base`; one that
# imports something, `import`. `nothing.json` is what a plan that does nothing shows. `apply.says` is what an apply writes into its log.
here=$(dirname "$0")
if [ "$1" = version ]; then cat "$here/version.json"; exit; fi
told=$here/$(basename "$PWD")
[ -f zz_valet_rds_override.tf ] && told=$told/base
if [ -f zz_valet_rds_import.tf ]; then told=$told/import; mkdir -p "$told"; cp zz_valet_rds_import.tf "$told"; fi
mkdir -p "$told"
echo "$*" >>"$told/commands"
if [ "$1" = apply ] && [ -f "$told/apply.jsonl" ]; then cat "$told/apply.jsonl"; fi
if [ -f "$told/$1.says" ]; then cat "$told/$1.says" >&2; fi
if [ -f "$told/$1.fails" ]; then cat "$told/$1.fails" >&2; exit 1; fi
case $1 in
  init)
    for source in $(sed -n 's/^ *source *= "\(\.[^"]*\)"$/\1/p' main.tf 2>/dev/null); do
      [ -d "$source" ] || { echo "Error: Unreadable module directory: $source" >&2; exit 1; }
    done
    mkdir -p "$TF_DATA_DIR/modules"
    [ ! -f "$told/modules.json" ] || cp "$told/modules.json" "$TF_DATA_DIR/modules" ;;
  plan)
    states=$told/plan.zip
    [ -f "$states" ] || states=$here/plan.zip
    cp "$states" "$TF_DATA_DIR/valet-rds.plan"
    [ -f "$told/applied" ] && [ ! -f "$told/again" ] && exit 0
    [ -f "$told/plan.json" ] || exit 0
    exit 2 ;;
  show)
    if [ -f "$told/plan.json" ]; then cat "$told/plan.json"
    elif [ -f "$told/nothing.json" ]; then cat "$told/nothing.json"
    else echo '{"format_version": "1.2", "planned_values": {}}'; fi ;;
  apply)
    if [ -f "$told/slow" ]; then
      echo $$ >"$told/process"
      trap 'echo interrupted >>"$told/commands"; exit 1' INT
      echo waiting >>"$told/commands"
      while [ -f "$told/slow" ]; do sleep 0.05; done
    fi
    touch "$told/applied" ;;
  providers) cp "$here/lock.hcl" .terraform.lock.hcl ;;
  state) cat "$told/state.json" 2>/dev/null || true ;;
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
        let program = folder.join("terraform");
        fs::create_dir_all(&folder).unwrap();
        fs::write(&program, SCRIPT).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let fake = Self {
            program: program.to_str().unwrap().to_owned(),
            folder,
        };
        fake.version("1.11.4");
        for root in roots {
            fs::create_dir_all(fake.folder.join(root).join("base")).unwrap();
        }
        fake.states("", "", "");
        fake
    }

    /// The states that plans of a root are made on: as it was kept, and as AWS says now.
    pub(crate) fn states(&self, root: &str, kept: &str, refreshed: &str) {
        fs::create_dir_all(self.folder.join(root)).unwrap();
        let file = fs::File::create(self.folder.join(root).join("plan.zip")).unwrap();
        let mut archive = zip::ZipWriter::new(file);
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in [("tfstate-prev", kept), ("tfstate", refreshed)] {
            archive.start_file(name, options).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
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
        let state =
            format!(r#"{{"version": 4, "lineage": "l", "serial": 1, "outputs": {outputs}}}"#);
        self.says(root, "state.json", &state);
    }

    /// Takes a file away.
    pub(crate) fn unsays(&self, root: &str, file: &str) {
        fs::remove_file(self.folder.join(root).join(file)).unwrap();
    }

    /// A file that a root has left or laid out.
    pub(crate) fn file(&self, root: &str, file: &str) -> PathBuf {
        self.folder.join(root).join(file)
    }

    /// Every command that was run in a root.
    pub(crate) fn commands(&self, root: &str) -> String {
        fs::read_to_string(self.folder.join(root).join("commands")).unwrap_or_default()
    }

    /// Runs a command of ours with it; `words` have a blank between each.
    pub(crate) fn run(&self, folder: &Path, words: &str) -> Ran {
        valet(folder, &self.words(words))
    }

    /// Begins one.
    pub(crate) fn begin(&self, folder: &Path, words: &str) -> Command {
        command(folder, &self.words(words))
    }

    /// Begins an apply of what is planned; it is in the middle of a root.
    pub(crate) fn begun(&self, folder: &Path, root: &str) -> Child {
        self.says(root, "slow", "");
        let mut child = self
            .begin(folder, "apply --plans valet-plans")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !self.commands(root).contains("waiting") {
            assert_eq!(child.try_wait().unwrap(), None);
            thread::sleep(Duration::from_millis(20));
        }
        child
    }

    /// Ends it and its Terraform at once, as when a machine dies.
    pub(crate) fn kill(&self, root: &str, mut child: Child) {
        child.kill().unwrap();
        child.wait().unwrap();
        let all = fs::read_to_string(self.file(root, "process")).unwrap();
        let terraform = Pid::from_raw(all.trim().parse().unwrap()).unwrap();
        kill_process_group(terraform, Signal::KILL).unwrap();
        self.unsays(root, "slow");
        self.unsays(root, "apply.jsonl");
    }

    fn words<'a>(&'a self, words: &'a str) -> Vec<&'a str> {
        let mut arguments: Vec<&str> = words.split(' ').collect();
        arguments.extend(["--terraform", &self.program]);
        arguments
    }
}

/// A line that an apply prints of a resource.
pub(crate) fn hook(kind: &str, address: &str, action: &str, id: &str) -> String {
    let kind_of = address.rsplit('.').nth(1).unwrap();
    let resource = json!({"addr": address, "resource_type": kind_of});
    let hook = json!({"resource": resource, "action": action, "id_value": id});
    format!("{}\n", json!({"type": kind, "hook": hook}))
}
