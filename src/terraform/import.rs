//! Taking up what an apply that was killed has made and its state does not hold: what Terraform imports, and by which id.
//!
//! Only what the journal of our own apply tells of is taken up, and only where the reviewed plan makes it.

mod kind;

use std::fmt::Write;

use super::{
    journal::{Diagnostic, Journal},
    normal_form::{Leaf, NormalForm, Planned},
    print::escape,
};
use kind::{Again, Begun};

pub use kind::KINDS;

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
            (Some(Again::Anew | Again::Given(Begun::Anew)), None)
            | (Some(Again::Anew), Some(_)) => {
                continue;
            }
            (Some(Again::Given(Begun::Refused)), None) => continue,
            (Some(Again::Named(template)), _) => fill(template, planned).map(By::Id),
            (Some(Again::NamedByOne(templates)), _) => {
                let mut filled = templates.iter().filter_map(|one| fill(one, planned));
                filled.next().map(By::Id)
            }
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
            _ => orphans
                .lost
                .push(lost(address, made.id.as_deref(), planned)),
        }
    }
    orphans
}

fn lost(address: &str, id: Option<&str>, planned: &Planned) -> String {
    let import = format!(
        "`terraform import '{address}' '{}'` in the root",
        id.unwrap_or("ID")
    );
    match id {
        None => format!(
            "{address}: an apply that was cut short was making it, and nobody can tell whether AWS has it: if it has, run {import}"
        ),
        Some(id) if planned.actions == "create" => {
            format!("{address}: an apply that was cut short has made it, as {id}: run {import}")
        }
        // Its address in the state is taken.
        Some(id) => format!(
            "{address}: an apply that was cut short has made {id} in its place, and the state still holds the old one: run `terraform state rm '{address}'` and {import}; what is to become of the old one is then for you to say"
        ),
    }
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

/// A block that overrides a security group for one plan, so that it lets nothing out, and the name of the module that it
/// stands in, as Terraform lists it. None when the group is in none, or in one of several.
#[must_use]
pub fn closed(address: &str) -> Option<(String, String)> {
    let address =
        address.split_once('[').map_or(
            address,
            |(before, key)| {
                if key.contains("].") { "" } else { before }
            },
        );
    let (module, name) = address.rsplit_once(".aws_security_group.")?;
    let calls = module.split(".module.");
    let calls: Vec<&str> = calls
        .map(|call| call.trim_start_matches("module."))
        .collect();
    let block = format!("resource \"aws_security_group\" \"{name}\" {{\n  egress = []\n}}\n");
    Some((calls.join("."), block))
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
    Some(
        rest.filter_map(|number| imports.get(number).cloned())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{Orphans, blocks, by_hand, closed, orphans, without_missing};
    use crate::terraform::{
        journal::{Journal, Made, errors},
        normal_form::NormalForm,
        plan,
    };

    /// A plan with these resources: address, actions, values after.
    fn form(resources: &[(&str, &[&str], Value)]) -> NormalForm {
        let change = |(address, actions, after): &(&str, &[&str], Value)| {
            json!({
                "address": address, "mode": "managed", "type": "t", "name": "n", "provider_name": "p",
                "change": {"actions": actions, "before": null, "after": after},
            })
        };
        let changes: Vec<Value> = resources.iter().map(change).collect();
        let plan =
            json!({"format_version": "1.2", "planned_values": {}, "resource_changes": changes});
        NormalForm::of(&plan::read(plan.to_string().as_bytes()).unwrap())
    }

    fn journal(made: &[(&str, &str, Option<&str>)]) -> Journal {
        let one = |(address, kind, id): &(&str, &str, Option<&str>)| {
            let made = Made {
                kind: (*kind).to_owned(),
                id: id.map(str::to_owned),
            };
            ((*address).to_owned(), made)
        };
        Journal {
            made: made.iter().map(one).collect::<BTreeMap<_, _>>(),
            ..Journal::default()
        }
    }

    const CREATE: &[&str] = &["create"];
    const DATABASE: &str = "module.rds.aws_db_instance.this";
    const GROUP: &str = "module.rds.aws_security_group.this";
    const RULE: &str = "module.nlb.aws_vpc_security_group_egress_rule.proxy";
    const SERVICE: &str = "module.endpoint_service.aws_vpc_endpoint_service.this";

    #[test]
    fn what_was_made_or_begun_is_imported_by_what_the_provider_asks_for() {
        let target = "module.proxy.aws_db_proxy_target.this";
        let cluster = "module.other.aws_db_proxy_target.this";
        let planned = form(&[
            (DATABASE, CREATE, json!({"identifier": "orders-dev"})),
            (
                GROUP,
                CREATE,
                json!({"name": "orders-${db}", "vpc_id": "vpc-1"}),
            ),
            (RULE, CREATE, json!({})),
            (
                target,
                CREATE,
                json!({"db_proxy_name": "p", "db_cluster_identifier": null, "db_instance_identifier": "d"}),
            ),
            (
                cluster,
                CREATE,
                json!({"db_proxy_name": "q", "db_cluster_identifier": "c", "db_instance_identifier": null}),
            ),
            (
                "module.nlb.aws_lb.this[\"a\"]",
                CREATE,
                json!({"name": "orders"}),
            ),
            ("module.nlb.aws_lambda_invocation.apply", CREATE, json!({})),
        ]);
        let begun = journal(&[
            (DATABASE, "aws_db_instance", None),
            (GROUP, "aws_security_group", None),
            (RULE, "aws_vpc_security_group_egress_rule", None),
            (target, "aws_db_proxy_target", None),
            (cluster, "aws_db_proxy_target", None),
            ("module.nlb.aws_lb.this[\"a\"]", "aws_lb", Some("arn:lb")),
            (
                "module.nlb.aws_lambda_invocation.apply",
                "aws_lambda_invocation",
                Some("x"),
            ),
        ]);
        let found = orphans(&begun, &planned, &planned);
        assert_eq!(found.lost, Vec::<String>::new());
        let text = blocks(&found.imports);
        insta::assert_snapshot!(text, @r#"
        import {
          to = module.nlb.aws_lb.this["a"]
          id = "arn:lb"
        }
        import {
          to = module.other.aws_db_proxy_target.this
          id = "q/default/TRACKED_CLUSTER/c"
        }
        import {
          to = module.proxy.aws_db_proxy_target.this
          id = "p/default/RDS_INSTANCE/d"
        }
        import {
          to = module.rds.aws_db_instance.this
          id = "orders-dev"
        }
        data "aws_security_group" "valet_rds_4" {
          name = "orders-$${db}"
          vpc_id = "vpc-1"
        }
        import {
          to = module.rds.aws_security_group.this
          id = data.aws_security_group.valet_rds_4.id
        }
        "#);
    }

    #[test]
    fn only_what_the_reviewed_plan_makes_and_the_state_lacks_is_taken_up() {
        let after = || json!({"identifier": "d", "name": "n"});
        let journal = journal(&[(DATABASE, "aws_db_instance", Some("db-1"))]);
        let makes = form(&[(DATABASE, CREATE, after())]);
        let none = form(&[]);
        for (reviewed, now, count) in [
            (&makes, &makes, 1),
            // Another plan than the journal is of.
            (&none, &makes, 0),
            (&form(&[(DATABASE, &["update"], after())]), &makes, 0),
            // The state holds it.
            (&makes, &none, 0),
            (&makes, &form(&[(DATABASE, &["update"], after())]), 0),
            (&makes, &form(&[(DATABASE, &["delete"], after())]), 0),
            // It was replaced, and the old one is gone.
            (
                &form(&[(DATABASE, &["delete", "create"], after())]),
                &makes,
                1,
            ),
        ] {
            let found = orphans(&journal, reviewed, now);
            assert_eq!(
                (found.imports.len(), found.lost.len()),
                (count, 0),
                "{now:?}"
            );
        }
        assert_eq!(
            orphans(&Journal::default(), &makes, &makes),
            Orphans::default()
        );
    }

    #[test]
    fn what_nobody_can_take_up_is_told_with_its_command() {
        let replaced: &[&str] = &["create", "delete"];
        let planned = form(&[
            (GROUP, replaced, json!({"name": "n", "vpc_id": "v"})),
            (SERVICE, CREATE, json!({})),
            ("a.new", CREATE, json!({})),
            // Its name is not known yet.
            (DATABASE, CREATE, json!({})),
        ]);
        let begun = journal(&[
            (GROUP, "aws_security_group", Some("sg-2")),
            (SERVICE, "aws_vpc_endpoint_service", None),
            ("a.new", "aws_something_new", Some("7")),
            (DATABASE, "aws_db_instance", None),
        ]);
        let found = orphans(&begun, &planned, &planned);
        assert_eq!(found.imports, Vec::new());
        insta::assert_snapshot!(found.lost.join("\n"), @"
        a.new: an apply that was cut short has made it, as 7: run `terraform import 'a.new' '7'` in the root
        module.endpoint_service.aws_vpc_endpoint_service.this: an apply that was cut short was making it, and nobody can tell whether AWS has it: if it has, run `terraform import 'module.endpoint_service.aws_vpc_endpoint_service.this' 'ID'` in the root
        module.rds.aws_db_instance.this: an apply that was cut short was making it, and nobody can tell whether AWS has it: if it has, run `terraform import 'module.rds.aws_db_instance.this' 'ID'` in the root
        module.rds.aws_security_group.this: an apply that was cut short has made sg-2 in its place, and the state still holds the old one: run `terraform state rm 'module.rds.aws_security_group.this'` and `terraform import 'module.rds.aws_security_group.this' 'sg-2'` in the root; what is to become of the old one is then for you to say
        ");
        assert_eq!(by_hand(&begun, "module.other.a.b"), None);
        let told = by_hand(&begun, SERVICE).unwrap();
        assert!(
            told.contains(&format!("terraform import '{SERVICE}' 'ID'")),
            "{told}"
        );
    }

    #[test]
    fn a_group_is_closed_in_its_module() {
        for (address, module) in [
            (GROUP, Some("rds")),
            (
                "module.a.module.b.aws_security_group.this[\"k.l\"]",
                Some("a.b"),
            ),
            ("module.a[\"k\"].aws_security_group.this", None),
            ("aws_security_group.this", None),
            (DATABASE, None),
        ] {
            let found = closed(address);
            assert_eq!(
                found.as_ref().map(|(module, _)| module.as_str()),
                module,
                "{address}"
            );
            let block = "resource \"aws_security_group\" \"this\" {\n  egress = []\n}\n";
            assert!(found.is_none_or(|(_, text)| text == block));
        }
    }

    #[test]
    fn what_is_not_there_is_left_out_and_no_other_failure_is_passed_over() {
        let planned = form(&[
            (DATABASE, CREATE, json!({"identifier": "d"})),
            (GROUP, CREATE, json!({"name": "n", "vpc_id": "v"})),
            ("aws_db_proxy.this[\"a\"]", CREATE, json!({"name": "p"})),
        ]);
        let begun = journal(&[
            (DATABASE, "aws_db_instance", None),
            (GROUP, "aws_security_group", None),
            ("aws_db_proxy.this[\"a\"]", "aws_db_proxy", None),
        ]);
        let imports = orphans(&begun, &planned, &planned).imports;
        let left = |told: &str| {
            let rest = without_missing(&imports, &errors(told))?;
            Some(
                rest.into_iter()
                    .map(|one| one.address)
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        };
        let missing = |address: &str| {
            let detail = format!(
                "While attempting to import an existing object to {address:?}, the provider"
            );
            let diagnostic = json!({"severity": "error", "summary": "Cannot import non-existent remote object", "detail": detail});
            format!(
                "{}\n",
                json!({"type": "diagnostic", "diagnostic": diagnostic})
            )
        };
        let error = |address: &str| {
            let diagnostic =
                json!({"severity": "error", "summary": "no", "detail": "", "address": address});
            format!(
                "{}\n",
                json!({"type": "diagnostic", "diagnostic": diagnostic})
            )
        };
        let proxy = "aws_db_proxy.this[\"a\"]";
        let all = format!("{proxy} {DATABASE} {GROUP}");
        assert_eq!(left(&missing(proxy)), Some(format!("{DATABASE} {GROUP}")));
        let group = error("data.aws_security_group.valet_rds_2");
        assert_eq!(left(&(missing(DATABASE) + &group)), Some(proxy.to_owned()));
        assert_eq!(left(&(missing(DATABASE) + &error(GROUP))), None, "{all}");
        assert_eq!(left(&error("data.aws_security_group.other")), None);
        assert_eq!(left(&missing("module.other.a.b")), None);
        assert_eq!(left(""), None);
    }
}
