//! Taking up what an apply that was killed has made and its state does not hold: what Terraform imports, and by which id.
//!
//! Only what the journal of our own apply tells of is taken up, and only where the reviewed plan makes it.

use std::fmt::Write;

use super::{
    journal::{Diagnostic, Journal},
    normal_form::{Leaf, NormalForm, Planned},
    print::escape,
};

/// What becomes of a resource of some type that was made, or begun, and is not in the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It is made again, which comes to the same.
    Anew,
    /// It is imported by what the plan says of it: a text with names of arguments in braces.
    Named(&'static str),
    /// It is imported by the id that AWS has given it, which the journal tells when it is done.
    Given(Begun),
}

/// What becomes of something to which AWS gives an id, when nobody knows whether it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is made again: of the same twice AWS makes one.
    Anew,
    /// It is made again, and AWS refuses when there is one.
    Refused,
    /// AWS would make a second one, so nothing is done.
    Unknown,
    /// A data source of the same name finds it, by these arguments, and tells the id by this attribute.
    Found(&'static [&'static str], &'static str),
}

/// Every type that the modules make, with the import that the provider documents for it (hashicorp/aws 5.100,
/// `website/docs/r/`), and for what is made again, the operation of AWS that does nothing the second time.
pub const KINDS: &[(&str, Again)] = &[
    ("aws_cloudwatch_log_group", Again::Named("{name}")),
    ("aws_cloudwatch_metric_alarm", Again::Named("{alarm_name}")),
    ("aws_db_event_subscription", Again::Named("{name}")),
    // Its id is the one that AWS gives, but it is imported by its name.
    ("aws_db_instance", Again::Named("{identifier}")),
    ("aws_db_parameter_group", Again::Named("{name}")),
    ("aws_db_proxy", Again::Named("{name}")),
    // Comes with its proxy: making it is ModifyDBProxyTargetGroup.
    ("aws_db_proxy_default_target_group", Again::Anew),
    // Has no tags, but is named after its proxy.
    (
        "aws_db_proxy_target",
        Again::Named("{db_proxy_name}/default/RDS_INSTANCE/{db_instance_identifier}"),
    ),
    ("aws_db_subnet_group", Again::Named("{name}")),
    (
        "aws_iam_openid_connect_provider",
        Again::Given(Begun::Found(&["url"], "arn")),
    ),
    ("aws_iam_role", Again::Named("{name}")),
    // PutRolePolicy
    ("aws_iam_role_policy", Again::Anew),
    // AttachRolePolicy
    ("aws_iam_role_policy_attachment", Again::Anew),
    ("aws_lambda_function", Again::Named("{function_name}")),
    // PutFunctionEventInvokeConfig
    ("aws_lambda_function_event_invoke_config", Again::Anew),
    // Cannot be imported. What the functions do, they do each minute.
    ("aws_lambda_invocation", Again::Anew),
    ("aws_lb", Again::Given(Begun::Found(&["name"], "arn"))),
    // "If you attempt to create multiple listeners with the same settings, each call succeeds" (CreateListener).
    ("aws_lb_listener", Again::Given(Begun::Anew)),
    (
        "aws_lb_target_group",
        Again::Given(Begun::Found(&["name"], "arn")),
    ),
    // Has no tags that would say whose it is.
    ("aws_scheduler_schedule", Again::Given(Begun::Refused)),
    // RotateSecret, which only sets the rules.
    ("aws_secretsmanager_secret_rotation", Again::Anew),
    (
        "aws_security_group",
        Again::Given(Begun::Found(&["name", "vpc_id"], "id")),
    ),
    ("aws_vpc_endpoint_service", Again::Given(Begun::Unknown)),
    (
        "aws_vpc_security_group_egress_rule",
        Again::Given(Begun::Refused),
    ),
    (
        "aws_vpc_security_group_ingress_rule",
        Again::Given(Begun::Refused),
    ),
    // Nothing in AWS.
    ("terraform_data", Again::Anew),
];

/// A resource that is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its address.
    pub address: String,
    by: By,
}

/// How Terraform finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum By {
    Id(String),
    /// A data source of this type, with these arguments, tells the id by this attribute.
    Data(String, Vec<(&'static str, String)>, &'static str),
}

/// What is not in a state, though an apply has made it or was making it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orphans {
    /// What is taken up.
    pub imports: Vec<Import>,
    /// What cannot be, in words.
    pub lost: Vec<String>,
}

/// Finds what a plan would make although the journal says that it was made or begun. `reviewed` is the plan that the
/// journal is of: it has to make the same.
#[must_use]
pub fn orphans(journal: &Journal, reviewed: &NormalForm, now: &NormalForm) -> Orphans {
    let mut orphans = Orphans::default();
    for (address, made) in &journal.made {
        let [Some(then), Some(planned)] = [reviewed, now].map(|form| form.resources.get(address))
        else {
            continue;
        };
        if !then.is_made() || !planned.is_made() {
            continue;
        }
        let again = KINDS.iter().find(|(kind, _)| *kind == made.kind);
        let by = match (again.map(|(_, again)| *again), &made.id) {
            (Some(Again::Anew | Again::Given(Begun::Anew)), None) | (Some(Again::Anew), Some(_)) => {
                continue;
            }
            (Some(Again::Given(Begun::Refused)), None) => continue,
            (Some(Again::Named(template)), _) => fill(template, planned).map(By::Id),
            (Some(Again::Given(_)), Some(id)) => Some(By::Id(id.clone())),
            (Some(Again::Given(Begun::Found(by, attribute))), None) => {
                let value = |name: &&'static str| Some((*name, known(planned, name)?.to_owned()));
                let arguments = by.iter().map(value).collect::<Option<Vec<_>>>();
                arguments.map(|arguments| By::Data(made.kind.clone(), arguments, attribute))
            }
            (Some(Again::Given(Begun::Unknown)) | None, _) => None,
        };
        match by {
            Some(by) if planned.actions == "create" => orphans.imports.push(Import {
                address: address.clone(),
                by,
            }),
            _ => orphans.lost.push(lost(address, made.id.as_deref(), planned)),
        }
    }
    orphans
}

fn lost(address: &str, id: Option<&str>, planned: &Planned) -> String {
    let known = id.map_or_else(
        || "was being made by an apply that was cut short, and nobody can tell whether AWS has it: if it has".to_owned(),
        |id| format!("was made by an apply that was cut short, as {id}"),
    );
    // What the state holds at its address is what it was to take the place of.
    let before = if planned.actions == "create" {
        String::new()
    } else {
        format!("`terraform state rm '{address}'` and ")
    };
    let id = id.unwrap_or("ID");
    format!("{address}: {known}, run {before}`terraform import '{address}' '{id}'` in the root")
}

/// How somebody takes up by hand what AWS has perhaps made; none, when it need not be.
#[must_use]
pub fn by_hand(journal: &Journal, address: &str) -> Option<String> {
    let made = journal.made.get(address)?;
    let id = made.id.as_deref().unwrap_or("ID");
    Some(format!(
        "an apply that was cut short has perhaps made {address}: if it is there, run `terraform import '{address}' '{id}'` in the root, and this again"
    ))
}

fn known<'a>(planned: &'a Planned, name: &str) -> Option<&'a str> {
    match &planned.attributes.get(name)?.1 {
        Some(Leaf::Known(value)) => value.as_str(),
        _ => None,
    }
}

fn fill(template: &str, planned: &Planned) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(known(planned, name)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// What stands before the number of a data source of ours.
const DATA: &str = "valet_rds_";

/// The blocks that have Terraform import these with its next plan.
#[must_use]
pub fn blocks(imports: &[Import]) -> String {
    let mut text = String::new();
    for (number, import) in imports.iter().enumerate() {
        let id = match &import.by {
            By::Id(id) => format!("\"{}\"", escape(id)),
            By::Data(kind, arguments, attribute) => {
                let _ = writeln!(text, "data \"{kind}\" \"{DATA}{number}\" {{");
                for (name, value) in arguments {
                    let _ = writeln!(text, "  {name} = \"{}\"", escape(value));
                }
                text.push_str("}\n");
                format!("data.{kind}.{DATA}{number}.{attribute}")
            }
        };
        let _ = writeln!(
            text,
            "import {{\n  to = {}\n  id = {id}\n}}",
            import.address
        );
    }
    text
}

/// Leaves out those that are not there, as a failed plan with their `blocks` tells. None, when it failed for another reason.
#[must_use]
pub fn without_missing(imports: &[Import], errors: &[Diagnostic]) -> Option<Vec<Import>> {
    const MISSING: &str = "Cannot import non-existent remote object";
    let is_of = |number: usize, error: &Diagnostic| match imports.get(number).map(|one| &one.by) {
        Some(By::Id(_)) => {
            let quoted = imports.get(number).map(|one| format!("{:?}", one.address));
            let is_named = quoted.is_some_and(|quoted| error.detail.contains(&quoted));
            error.summary == MISSING && is_named
        }
        Some(By::Data(kind, ..)) => {
            error.address.as_deref() == Some(&format!("data.{kind}.{DATA}{number}"))
        }
        None => false,
    };
    let all = 0..imports.len();
    let is_known = |error: &Diagnostic| all.clone().any(|number| is_of(number, error));
    if errors.is_empty() || !errors.iter().all(is_known) {
        return None;
    }
    let is_there = |number: &usize| !errors.iter().any(|error| is_of(*number, error));
    let rest = all.clone().filter(is_there);
    Some(rest.filter_map(|number| imports.get(number).cloned()).collect())
}
