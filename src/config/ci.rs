//! How the pipeline runs that `valet-rds ci` writes: the block `ci` of `valet.yaml`.
//!
//! Whatever stands here becomes text of a workflow: each form admits no letter that a shell or a workflow treats in its own
//! way.

use schemars::JsonSchema;
use serde::Deserialize;

/// The branch that is applied when `valet.yaml` names none.
pub const DEFAULT_BRANCH: &str = "main";

/// The ARN of a role.
pub(super) const ROLE_ARN: &str = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$";

const BRANCH: &str = r"^[A-Za-z0-9_-]+([./][A-Za-z0-9_-]+)*$";

/// The pipeline that `valet-rds ci` writes. Every key has a default.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ci {
    /// GitHub: the action that installs this tool: `OWNER/REPOSITORY@COMMIT` with all forty digits, or a folder of this
    /// repository with `./` before it. Default: the runners have it.
    #[schemars(
        regex(pattern = r"^([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+@[0-9a-f]{40}|\.(/\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*)+)$"),
        example = &"./.github/actions/valet-rds",
        example = &"example/storage-valet-rds@0123456789abcdef0123456789abcdef01234567"
    )]
    pub action: Option<String>,
    /// The branch whose merges are applied. Default: `main`.
    #[schemars(regex(pattern = BRANCH), length(max = 100), example = &"main")]
    pub branch: Option<String>,
    /// GitHub: when to look for what differs in AWS, as five fields of cron in UTC. Default: `17 4 * * *`. GitLab and
    /// Buildkite have their schedules in their settings.
    #[schemars(
        regex(pattern = r"^[0-9*/,-]+( [0-9*/,-]+){4}$"),
        example = &"17 4 * * *"
    )]
    pub drift: Option<String>,
    /// Environments in the order in which they are applied. Those that are not named come after them, by name.
    #[serde(default)]
    pub environments: Vec<CiEnvironment>,
    /// How what comes of an apply gets into the repository: by a `pull-request` from `handoffBranch`, or by a `push` to
    /// `branch`. Default: `pull-request`.
    #[serde(default)]
    pub handoff: Handoff,
    /// The branch that hands over. Default: `valet-rds/handoff`; of a workspace in a folder `valet-rds-FOLDER/handoff`.
    #[schemars(regex(pattern = BRANCH), length(max = 100), example = &"valet-rds/handoff")]
    pub handoff_branch: Option<String>,
    /// GitLab and Buildkite: the image of the jobs, with this tool, git and Terraform. Default: that of the runners.
    #[schemars(
        regex(pattern = r"^[a-z0-9][A-Za-z0-9._/:@-]*$"),
        length(max = 300),
        example = &"registry.example.com/valet-rds:0.1.0"
    )]
    pub image: Option<String>,
    /// The runners of the jobs: a label of GitHub, a tag of GitLab, a queue of Buildkite. Default: `ubuntu-24.04`, any,
    /// `default`.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"), length(max = 100), example = &"ubuntu-24.04")]
    pub runner: Option<String>,
    /// GitHub: the version of Terraform. Default: `1.11.4`.
    #[schemars(regex(pattern = r"^1\.[0-9]{1,3}\.[0-9]{1,3}$"), example = &"1.11.4")]
    pub terraform_version: Option<String>,
}

/// How the pipeline works with one environment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CiEnvironment {
    /// Its name.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"), length(max = 32), example = &"dev3")]
    pub name: String,
    /// The role of the jobs that plan, which may only read. Default: the credentials of the runners.
    #[schemars(regex(pattern = ROLE_ARN), example = &"arn:aws:iam::111111111111:role/valet-plan")]
    pub plan_role_arn: Option<String>,
    /// The role of the jobs that apply. Default: the credentials of the runners.
    #[schemars(regex(pattern = ROLE_ARN), example = &"arn:aws:iam::111111111111:role/valet-apply")]
    pub apply_role_arn: Option<String>,
    /// Whether somebody has to agree before it is applied. On GitHub the reviewers are set in the environment of this
    /// name. Default: false.
    #[serde(default)]
    pub approval: bool,
}

/// How what comes of an apply gets into the repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Handoff {
    /// Somebody merges it.
    #[default]
    PullRequest,
    /// It is pushed to the branch that is applied.
    Push,
}
