//! What is otherwise in AWS than the root says, though Terraform plans nothing for it: found in the state, as AWS has just
//! refreshed it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    aws::{engine, engine_version::EngineVersion},
    terraform::{read::Root, state::State},
};

type Attributes = Map<String, Value>;

/// What there is, one line each, in the order of what it is about.
#[must_use]
pub fn notes(state: &State, root: &Root) -> Vec<String> {
    let mut notes = Vec::new();
    for database in state.all("aws_db_instance") {
        notes.extend(grown(database, root));
        notes.extend(newer(database, "identifier", root));
    }
    for cluster in state.all("aws_rds_cluster") {
        notes.extend(newer(cluster, "cluster_identifier", root));
    }
    for group in state.all("aws_security_group") {
        notes.extend(strange_rules(state, group));
    }
    for role in state.all("aws_iam_role") {
        notes.extend(strange_policies(state, role));
    }
    notes
}

fn text<'a>(of: &'a Attributes, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A volume that AWS has grown: the provider plans nothing below what it is now.
fn grown(database: &Attributes, root: &Root) -> Option<String> {
    let now = database.get("allocated_storage")?.as_u64()?;
    let stated = root.database_argument("allocated_storage")?.as_number()?;
    (now > stated).then(|| {
        format!(
            "{}: the volume has grown to {now} GiB by itself; a size below that changes nothing, so write `allocatedStorage: {now}`, or leave it",
            text(database, "identifier")
        )
    })
}

/// A minor version above the one that is stated: RDS does not go back.
fn newer(database: &Attributes, identifier: &str, root: &Root) -> Option<String> {
    let now = text(database, "engine_version_actual");
    let stated = root.database_argument("engine_version")?.as_text()?;
    let version: EngineVersion = stated.parse().ok()?;
    let is_minor = engine::major_of(version) != Some(version);
    let is_behind = is_minor && numbers(stated) < numbers(now);
    is_behind.then(|| {
        format!(
            "{}: AWS runs {now}, and the config says {stated}: RDS never goes back, so write `engineVersion: \"{now}\"`",
            text(database, identifier)
        )
    })
}

fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split('.');
    parts.filter_map(|part| part.parse().ok()).collect()
}

/// Who may reach a port: a network or a group, the first and the last port, the protocol.
type Rule = (String, i64, i64, String);

/// Rules of a security group that no resource of the root stands for: a plan says nothing of them.
fn strange_rules(state: &State, group: &Attributes) -> Vec<String> {
    let id = text(group, "id");
    let mut notes = Vec::new();
    for (list, kind, way) in [
        ("ingress", "aws_vpc_security_group_ingress_rule", "lets in"),
        (
            "egress",
            "aws_vpc_security_group_egress_rule",
            "lets out to",
        ),
    ] {
        let ours: BTreeSet<Rule> = state
            .all(kind)
            .filter(|rule| text(rule, "security_group_id") == id)
            .flat_map(own)
            .collect();
        let there = group.get(list).and_then(Value::as_array);
        let there: BTreeSet<Rule> = there
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .flat_map(|rule| written(rule, id))
            .collect();
        for (who, from, to, protocol) in there.difference(&ours) {
            let ports = if protocol == "all" {
                String::new()
            } else {
                format!(" {from} to {to}")
            };
            notes.push(format!(
                "security group {} ({id}): it {way} {who} on {protocol}{ports}, by a rule that is none of ours: no plan says so, and nothing removes it until somebody does, with `aws ec2 revoke-security-group-{list}`",
                text(group, "name")
            ));
        }
    }
    notes
}

/// A protocol as AWS and the provider both write it, and ports where it has some.
fn rule(who: &str, rule: &Attributes, protocol: &str) -> Rule {
    let number = |name: &str| rule.get(name).and_then(Value::as_i64);
    let protocol = if ["-1", "all"].contains(&protocol) {
        "all"
    } else {
        protocol
    };
    let port = |name| {
        if protocol == "all" {
            0
        } else {
            number(name).unwrap_or(0)
        }
    };
    (
        who.to_owned(),
        port("from_port"),
        port("to_port"),
        protocol.to_owned(),
    )
}

/// The rule of a resource.
fn own(one: &Attributes) -> Vec<Rule> {
    let who = [
        "cidr_ipv4",
        "cidr_ipv6",
        "prefix_list_id",
        "referenced_security_group_id",
    ];
    let who = who
        .iter()
        .map(|name| text(one, name))
        .filter(|who| !who.is_empty());
    who.map(|who| rule(group_id(who), one, text(one, "ip_protocol")))
        .collect()
}

/// The rules that one entry in the list of a group stands for.
fn written(one: &Attributes, id: &str) -> Vec<Rule> {
    let lists = [
        "cidr_blocks",
        "ipv6_cidr_blocks",
        "prefix_list_ids",
        "security_groups",
    ];
    let who = lists
        .iter()
        .filter_map(|name| one.get(*name)?.as_array())
        .flatten()
        .filter_map(Value::as_str);
    let protocol = text(one, "protocol");
    let mut rules: Vec<Rule> = who.map(|who| rule(group_id(who), one, protocol)).collect();
    if one.get("self") == Some(&Value::Bool(true)) {
        rules.push(rule(id, one, protocol));
    }
    rules
}

/// A group of another account is written with its account before it.
fn group_id(who: &str) -> &str {
    match who.rsplit_once('/') {
        Some((_, group)) if group.starts_with("sg-") => group,
        _ => who,
    }
}

/// Policies of a role that no resource of the root stands for.
fn strange_policies(state: &State, role: &Attributes) -> Vec<String> {
    let name = text(role, "name");
    let of_role = |kind: &'static str| state.all(kind).filter(move |one| text(one, "role") == name);
    let inline: BTreeSet<&str> = of_role("aws_iam_role_policy")
        .map(|one| text(one, "name"))
        .collect();
    let attached: BTreeSet<&str> = of_role("aws_iam_role_policy_attachment")
        .map(|one| text(one, "policy_arn"))
        .collect();
    let entries = |list: &str| {
        role.get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let strange_inline = entries("inline_policy")
        .filter_map(|one| one.get("name")?.as_str())
        .filter(|one| !one.is_empty() && !inline.contains(one))
        .map(|one| format!("the inline policy {one}"));
    let strange_attached = entries("managed_policy_arns")
        .filter_map(Value::as_str)
        .filter(|one| !attached.contains(one))
        .map(|one| format!("the policy {one}"));
    strange_inline
        .chain(strange_attached)
        .map(|what| {
            format!("role {name}: {what} is none of ours: no plan says so, and nothing removes it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::notes;
    use crate::terraform::{read::Root, state::State};

    const ROOT: &str = r#"
        module "rds" {
          source            = "../rds"
          allocated_storage = 100
          engine_version    = "16.4"
        }
    "#;

    fn resource(kind: &str, attributes: &Value) -> Value {
        json!({"mode": "managed", "type": kind, "name": "this", "instances": [{"attributes": attributes}]})
    }

    fn told(resources: &[Value]) -> Vec<String> {
        let state = json!({"version": 4, "resources": resources}).to_string();
        let state = State::read(state.as_bytes()).unwrap();
        notes(&state, &Root::read([("main.tf", ROOT)]))
    }

    #[test]
    fn what_no_plan_says_is_found_in_the_state() {
        let database = |size: u64, version: &str| {
            resource(
                "aws_db_instance",
                &json!({"identifier": "orders", "allocated_storage": size, "engine_version_actual": version}),
            )
        };
        assert_eq!(told(&[database(100, "16.4")]), Vec::<String>::new());
        assert_eq!(told(&[database(80, "16.3")]), Vec::<String>::new());
        let [grown, newer] = &told(&[database(150, "16.10")])[..] else {
            panic!("two notes");
        };
        assert!(grown.contains("grown to 150 GiB"), "{grown}");
        assert!(newer.contains("AWS runs 16.10"), "{newer}");
    }

    #[test]
    fn rules_of_strangers_are_told_and_our_own_are_not() {
        let ours = resource(
            "aws_vpc_security_group_ingress_rule",
            &json!({"security_group_id": "sg-1", "referenced_security_group_id": "sg-2",
                "from_port": 5432, "to_port": 5432, "ip_protocol": "tcp"}),
        );
        let out = resource(
            "aws_vpc_security_group_egress_rule",
            &json!({"security_group_id": "sg-1", "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1"}),
        );
        let group = |more: &[Value]| {
            let mut ingress = vec![
                json!({"security_groups": ["222222222222/sg-2"], "cidr_blocks": [],
                "from_port": 5432, "to_port": 5432, "protocol": "tcp", "self": false}),
            ];
            ingress.extend_from_slice(more);
            let egress = json!([{"cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "to_port": 0, "protocol": "-1"}]);
            resource(
                "aws_security_group",
                &json!({"id": "sg-1", "name": "db", "ingress": ingress, "egress": egress}),
            )
        };
        let all = |more: &[Value]| told(&[group(more), ours.clone(), out.clone()]);
        assert_eq!(all(&[]), Vec::<String>::new());
        let open = json!({"cidr_blocks": ["10.0.0.0/8"], "from_port": 5432, "to_port": 5432, "protocol": "tcp"});
        let [note] = &all(&[open])[..] else {
            panic!("one note");
        };
        assert!(
            note.contains("lets in 10.0.0.0/8 on tcp 5432 to 5432"),
            "{note}"
        );
        let own = json!({"self": true, "from_port": 0, "to_port": 0, "protocol": "-1"});
        assert!(all(&[own])[0].contains("lets in sg-1 on all, by"));
    }

    #[test]
    fn policies_of_strangers_are_told() {
        let role = resource(
            "aws_iam_role",
            &json!({"name": "r", "inline_policy": [{"name": "ours"}, {"name": "theirs"}, {"name": ""}],
                "managed_policy_arns": ["arn:a", "arn:b"]}),
        );
        let inline = resource("aws_iam_role_policy", &json!({"role": "r", "name": "ours"}));
        let attached = resource(
            "aws_iam_role_policy_attachment",
            &json!({"role": "r", "policy_arn": "arn:a"}),
        );
        let [one, other] = &told(&[role, inline, attached])[..] else {
            panic!("two notes");
        };
        assert!(one.contains("the inline policy theirs") && other.contains("the policy arn:b"));
    }
}
