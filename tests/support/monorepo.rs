//! A git repository with modules and one small workspace in `platform/db`: two environments, three live databases.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use super::{
    command::{Ran, command, valet},
    folder::{copy_all, edit, modules, own},
    repository::commit,
};

const VALET_YAML: &str = r#"modules:
  source: ../../modules
environments:
  dev:
    configs: configs/dev
    accountId: "111111111111"
    region: eu-central-1
    state: {bucket: example-state, keyPrefix: db/dev, region: eu-central-1}
    network: {vpcId: vpc-0a1b2c3d, subnetIds: [subnet-0a1b2c3d, subnet-1a2b3c4d]}
    clusters:
      apps:
        oidcIssuer: https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE1
        principalArns: ["arn:aws:iam::222222222222:root"]
      batch:
        oidcIssuer: https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE2
        principalArns: ["arn:aws:iam::222222222222:root"]
    waivers: [{rule: master-in-pods, reason: the tests are about something else, expires: 2099-12-31}]
    defaults: {username: postgres}
  prod:
    configs: configs/prod
    accountId: "333333333333"
    region: eu-central-1
    state: {bucket: example-state, keyPrefix: db/prod, region: eu-central-1}
    network: {vpcId: vpc-1a2b3c4d, subnetIds: [subnet-2a1b2c3d, subnet-3a2b3c4d]}
    clusters:
      apps:
        oidcIssuer: https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE3
        principalArns: ["arn:aws:iam::444444444444:root"]
    waivers: [{rule: master-in-pods, reason: the tests are about something else, expires: 2099-12-31}]
    defaults: {username: postgres}
"#;

/// Where the workspace is in the repository.
pub(crate) const WORKSPACE: &str = "platform/db";

/// The repository, with everything committed on `main`.
#[derive(Debug)]
pub(crate) struct Monorepo {
    pub(crate) top: PathBuf,
    pub(crate) workspace: PathBuf,
}

impl Monorepo {
    /// A fresh one.
    pub(crate) fn new(name: &str) -> Self {
        static ALL: LazyLock<Monorepo> = LazyLock::new(Monorepo::first);
        let name = format!("monorepo/{name}");
        let folder = copy_all(ALL.top.parent().unwrap(), &name);
        Self::at(&folder.join("top"))
    }

    /// The one that all others are copies of.
    fn first() -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(own("monorepo-first"));
        let _ = fs::remove_dir_all(&folder);
        let repo = Self::at(&folder.join("top"));
        modules(&repo.top.join("modules"));
        repo.write("valet.yaml", VALET_YAML);
        for unit in ["dev/orders", "dev/ledger", "prod/orders"] {
            let (_, namespace) = unit.split_once('/').unwrap();
            repo.write(
                &format!("configs/{unit}.yaml"),
                &format!("shortname: {namespace}\n"),
            );
        }
        repo.generate();
        repo.git("init --quiet --initial-branch main");
        repo.git("config uploadpack.allowFilter true");
        repo.git("config uploadpack.allowAnySHA1InWant true");
        repo.commit();
        repo
    }

    /// The one whose work tree is in a folder.
    pub(crate) fn at(top: &Path) -> Self {
        Self {
            top: top.to_owned(),
            workspace: top.join(WORKSPACE),
        }
    }

    /// A clone of it, in a folder beside it.
    pub(crate) fn clone(&self, name: &str, options: &str) -> Self {
        let top = self.top.with_file_name(name);
        let url = format!("file://{}", self.top.display());
        let mut words = vec!["clone", "--quiet"];
        words.extend(options.split_whitespace());
        words.extend([url.as_str(), top.to_str().unwrap()]);
        git(&self.top, &words);
        Self::at(&top)
    }

    /// Runs git in it to a good end.
    pub(crate) fn git(&self, line: &str) -> String {
        git(&self.top, &line.split(' ').collect::<Vec<_>>())
    }

    pub(crate) fn commit(&self) {
        commit(&self.top);
    }

    /// Writes the roots, which must succeed.
    pub(crate) fn generate(&self) {
        let ran = self.run("generate");
        assert_eq!(ran.code, 0, "{ran}");
    }

    /// Writes the roots and commits everything.
    pub(crate) fn generate_and_commit(&self) {
        self.generate();
        self.commit();
    }

    /// Runs `valet-rds` in the workspace.
    pub(crate) fn run(&self, line: &str) -> Ran {
        valet(&self.workspace, &line.split(' ').collect::<Vec<_>>())
    }

    /// The same, with variables of the environment.
    pub(crate) fn run_with(&self, line: &str, variables: &[(&str, &str)]) -> Ran {
        let mut command = command(&self.workspace, &line.split(' ').collect::<Vec<_>>());
        Ran::of(command.envs(variables.iter().copied()).output().unwrap())
    }

    /// Writes a file of the workspace, and the folders above it.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.workspace.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces a text in a file of the workspace.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        edit(&self.workspace.join(path), from, to);
    }
}

/// Runs git to a good end: what it printed.
pub(crate) fn git(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(["-c", "protocol.file.allow=always"])
        .args(["-c", "advice.detachedHead=false"])
        .args(words)
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {words:?}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
