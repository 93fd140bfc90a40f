//! `apply`, `adopt`, `consumer`, `delivery`, `drift`, `engines` and `kills`: pytest proves with the real provider, on an emulated
//! AWS, that generated roots go up, plan clean, change in place and come down; that nothing happens to instances that are taken
//! over; that the way from a cluster is made after its databases and gone before them; that the generated pipeline takes a change
//! from its pull request to its hand-over; that databases of the other engines live likewise; that an apply may be killed at any
//! moment; and that what somebody changes in AWS is sorted.

use std::path::Path;

use anyhow::Result;
use xshell::{Cmd, Shell, cmd};

use crate::{files, python, roots, shell, terraform, users};

/// A folder of tests, the one that they write in, and the workspace that is put there.
pub(crate) struct Proof {
    tests: &'static str,
    folder: &'static str,
    /// Whether its databases have servers.
    has_servers: bool,
    workspace: &'static str,
}

/// What becomes of roots.
pub(crate) const ROOTS: Proof = Proof {
    tests: "xtask/proof",
    folder: "target/apply",
    has_servers: true,
    workspace: WORKSPACE,
};

/// What becomes of a change.
pub(crate) const DELIVERY: Proof = Proof {
    tests: "xtask/delivery",
    folder: "target/delivery",
    has_servers: false,
    workspace: WORKSPACE,
};

/// What becomes of instances that were there before.
pub(crate) const ADOPTION: Proof = Proof {
    tests: "xtask/adopt",
    folder: "target/adopt",
    has_servers: false,
    workspace: WORKSPACE,
};

/// What becomes of an apply that is killed.
pub(crate) const KILLS: Proof = Proof {
    tests: "xtask/kills",
    folder: "target/kills",
    has_servers: false,
    workspace: WORKSPACE,
};

/// What becomes of the way from a cluster to its databases.
pub(crate) const CONSUMER: Proof = Proof {
    tests: "xtask/consumer",
    folder: "target/consumer",
    has_servers: false,
    workspace: "xtask/consumer/workspace",
};

/// What becomes of what somebody changes in AWS.
pub(crate) const DRIFT: Proof = Proof {
    tests: "xtask/drift",
    folder: "target/drift",
    has_servers: false,
    workspace: WORKSPACE,
};

/// What becomes of databases of MySQL, MariaDB and Aurora.
pub(crate) const ENGINES: Proof = Proof {
    tests: "xtask/engines",
    folder: "target/engines",
    has_servers: false,
    workspace: "xtask/engines/workspace",
};

/// The workspace of most.
const WORKSPACE: &str = "xtask/proof/workspace";

impl Proof {
    /// Proves it, and shows how far it is.
    pub(crate) fn watch(&self, sh: &Shell, options: &[String]) -> Result<String> {
        self.prepare(sh)?.args(options).quiet().run()?;
        Ok("proved".to_owned())
    }

    /// Proves it: how many tests passed.
    pub(crate) fn run(&self, sh: &Shell) -> Result<String> {
        let printed = shell::output(self.prepare(sh)?)?;
        let last = printed.lines().rfind(|line| line.contains(" passed"));
        Ok(last.unwrap_or_default().trim_matches(['=', ' ']).to_owned())
    }

    /// A workspace, the modules that its roots call, and what is still to be run.
    fn prepare<'a>(&self, sh: &'a Shell) -> Result<Cmd<'a>> {
        let Self {
            tests,
            folder,
            workspace,
            ..
        } = self;
        terraform::find(sh)?;
        let (python, valet_rds) = (
            python::environment(sh, python::EMULATOR)?,
            shell::valet_rds(sh)?,
        );
        if self.has_servers {
            users::install_servers(sh)?;
        }
        files::clear(sh, folder)?;
        roots::copy_modules(sh, &Path::new(folder).join("modules"))?;
        files::copy(
            sh,
            Path::new(workspace),
            &Path::new(folder).join("workspace"),
        )?;
        Ok(cmd!(sh, "{python} -m pytest {tests}")
            .env("PROOF_FOLDER", folder)
            .env("USERS_FOLDER", users::FOLDER)
            .env(
                "PROOF_POLICIES",
                sh.current_dir().join("docs/deploy-policy"),
            )
            .env("VALET_RDS", valet_rds))
    }
}
