//! What is otherwise in AWS than the root says, though Terraform plans nothing for it: found in the state, as AWS has just
//! refreshed it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    aws::{
        engine::{self, Form},
        engine_version::EngineVersion,
    },
    terraform::{
        drift::table::{self, Rule},
        normal_form::{Difference, Leaf},
        plan::Plan,
        read::Root,
        state::State,
    },
};

type Attributes = Map<String, Value>;

/// Something that no plan says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unplanned {
    /// Address of the resource that it is about.
    pub address: String,
    /// The attribute.
    pub attribute: String,
    /// What the root says of it, and what AWS says.
    pub difference: Difference,
    /// Code of the rule that it falls under.
    pub rule: String,
    /// All of it, in words.
    pub note: String,
    /// The command that takes it away; empty when there is none.
    pub command: String,
}

/// What a root states of its database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    allocated_storage: Option<u64>,
    engine_version: Option<String>,
}

impl Stated {
    /// As its files say.
    #[must_use]
    pub fn of_root(root: &Root) -> Self {
        let version = root.database_argument("engine_version");
        Self {
            allocated_storage: root
                .database_argument("allocated_storage")
                .and_then(crate::terraform::read::Value::as_number),
            engine_version: version.and_then(|version| version.as_text().map(str::to_owned)),
        }
    }

    /// As the plan of it says.
    #[must_use]
    pub fn of_plan(plan: &Plan) -> Self {
        let given = |name| {
            let forms = [Form::Instance, Form::Cluster];
            forms
                .iter()
                .find_map(|form| plan.given(form.module(), name))
        };
        let version = given("engine_version");
        Self {
            allocated_storage: given("allocated_storage").and_then(Value::as_u64),
            engine_version: version.and_then(|version| version.as_str().map(str::to_owned)),
        }
    }
}

/// What there is, in the order of what it is about.
#[must_use]
pub fn unplanned(state: &State, stated: &Stated) -> Vec<Unplanned> {
    let mut found = Vec::new();
    for (address, database) in state.all_at("aws_db_instance") {
        found.extend(grown(&address, database, stated));
        found.extend(newer(&address, database, "identifier", stated));
    }
    for (address, cluster) in state.all_at("aws_rds_cluster") {
        found.extend(newer(&address, cluster, "cluster_identifier", stated));
    }
    for (address, group) in state.all_at("aws_security_group") {
        found.extend(strange_rules(state, &address, group));
    }
    for (address, role) in state.all_at("aws_iam_role") {
        found.extend(strange_policies(state, &address, role));
    }
    found
}

fn text<'a>(of: &'a Attributes, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn known(value: impl Into<Value>) -> Leaf {
    Leaf::Known(value.into())
}

/// A volume that AWS has grown: the provider plans nothing below what it is now.
fn grown(address: &str, database: &Attributes, stated: &Stated) -> Option<Unplanned> {
    const ATTRIBUTE: &str = "allocated_storage";
    let now = database.get(ATTRIBUTE)?.as_u64()?;
    let stated = stated.allocated_storage?;
    (now > stated).then(|| Unplanned {
        address: address.to_owned(),
        attribute: ATTRIBUTE.to_owned(),
        difference: Difference(Some(known(stated)), Some(known(now))),
        rule: rule_of(ATTRIBUTE, &stated.into(), &now.into()),
        note: format!(
            "{}: the volume has grown to {now} GiB by itself; a size below that changes nothing, so write `allocatedStorage: {now}`, or leave it",
            text(database, "identifier")
        ),
        command: String::new(),
    })
}

/// A minor version above the one that is stated: RDS does not go back.
fn newer(
    address: &str,
    database: &Attributes,
    identifier: &str,
    stated: &Stated,
) -> Option<Unplanned> {
    const ATTRIBUTE: &str = "engine_version_actual";
    let now = text(database, ATTRIBUTE);
    let stated = stated.engine_version.as_deref()?;
    let version: EngineVersion = stated.parse().ok()?;
    let is_minor = engine::major_of(version) != Some(version);
    let is_behind = is_minor && numbers(stated) < numbers(now);
    is_behind.then(|| Unplanned {
        address: address.to_owned(),
        attribute: ATTRIBUTE.to_owned(),
        difference: Difference(Some(known(stated)), Some(known(now))),
        rule: rule_of(ATTRIBUTE, &stated.into(), &now.into()),
        note: format!(
            "{}: AWS runs {now}, and the config says {stated}: RDS never goes back, so write `engineVersion: \"{now}\"`",
            text(database, identifier)
        ),
        command: String::new(),
    })
}

fn rule_of(attribute: &str, stated: &Value, now: &Value) -> String {
    let rule = table::of_attribute("aws_db_instance", attribute, Some(stated), Some(now));
    rule.code.to_owned()
}

fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split('.');
    parts.filter_map(|part| part.parse().ok()).collect()
}

/// Something that somebody has added. A command is only made of words that mean nothing to a shell.
fn added(
    address: &str,
    attribute: &str,
    value: Value,
    rule: &Rule,
    note: String,
    command: &[&str],
) -> Unplanned {
    let is_plain = |word: &&str| {
        let is_plain =
            |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@:/-[]{}".contains(letter);
        !word.is_empty() && word.chars().all(is_plain)
    };
    let command = if command.iter().all(is_plain) {
        let quoted = |word: &&str| {
            if word.contains(['[', '{']) {
                format!("'{word}'")
            } else {
                (*word).to_owned()
            }
        };
        command.iter().map(quoted).collect::<Vec<_>>().join(" ")
    } else {
        String::new()
    };
    Unplanned {
        address: address.to_owned(),
        attribute: attribute.to_owned(),
        difference: Difference(None, Some(known(value))),
        rule: rule.code.to_owned(),
        note,
        command,
    }
}

/// Who may reach a port: a network or a group, the first and the last port, the protocol.
type PortRule = (String, i64, i64, String);

/// Rules of a security group that no resource of the root stands for: a plan says nothing of them.
fn strange_rules(state: &State, address: &str, group: &Attributes) -> Vec<Unplanned> {
    let id = text(group, "id");
    let mut found = Vec::new();
    for (list, kind, way) in [
        ("ingress", "aws_vpc_security_group_ingress_rule", "lets in"),
        (
            "egress",
            "aws_vpc_security_group_egress_rule",
            "lets out to",
        ),
    ] {
        let ours: BTreeSet<PortRule> = state
            .all(kind)
            .filter(|rule| text(rule, "security_group_id") == id)
            .flat_map(own)
            .collect();
        let there = group.get(list).and_then(Value::as_array);
        let there: BTreeSet<PortRule> = there
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
            let note = format!(
                "security group {} ({id}): it {way} {who} on {protocol}{ports}, by a rule that is none of ours: no plan says so, and nothing removes it until somebody does, with `aws ec2 revoke-security-group-{list}`",
                text(group, "name")
            );
            let verb = format!("revoke-security-group-{list}");
            let permission = permission(who, *from, *to, protocol);
            let command = [
                "aws",
                "ec2",
                &verb,
                "--group-id",
                id,
                "--ip-permissions",
                &permission,
            ];
            let value = format!("{who} on {protocol}{ports}");
            let rule = &table::STRANGER_RULE;
            found.push(added(address, list, value.into(), rule, note, &command));
        }
    }
    found
}

/// A rule as the AWS CLI takes it.
fn permission(who: &str, from: i64, to: i64, protocol: &str) -> String {
    let whom = match who {
        group if group.starts_with("sg-") => format!("UserIdGroupPairs=[{{GroupId={group}}}]"),
        list if list.starts_with("pl-") => format!("PrefixListIds=[{{PrefixListId={list}}}]"),
        network if network.contains(':') => format!("Ipv6Ranges=[{{CidrIpv6={network}}}]"),
        network => format!("IpRanges=[{{CidrIp={network}}}]"),
    };
    if protocol == "all" {
        format!("IpProtocol=-1,{whom}")
    } else {
        format!("IpProtocol={protocol},FromPort={from},ToPort={to},{whom}")
    }
}

/// A protocol as AWS and the provider both write it, and ports where it has some.
fn rule(who: &str, rule: &Attributes, protocol: &str) -> PortRule {
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
fn own(one: &Attributes) -> Vec<PortRule> {
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
fn written(one: &Attributes, id: &str) -> Vec<PortRule> {
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
    let mut rules: Vec<PortRule> = who.map(|who| rule(group_id(who), one, protocol)).collect();
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
fn strange_policies(state: &State, address: &str, role: &Attributes) -> Vec<Unplanned> {
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
        .map(|one| {
            let command = [
                "aws",
                "iam",
                "delete-role-policy",
                "--role-name",
                name,
                "--policy-name",
                one,
            ];
            (
                "inline_policy",
                one,
                format!("the inline policy {one}"),
                command,
            )
        });
    let strange_attached = entries("managed_policy_arns")
        .filter_map(Value::as_str)
        .filter(|one| !attached.contains(one))
        .map(|one| {
            let command = [
                "aws",
                "iam",
                "detach-role-policy",
                "--role-name",
                name,
                "--policy-arn",
                one,
            ];
            (
                "managed_policy_arns",
                one,
                format!("the policy {one}"),
                command,
            )
        });
    strange_inline
        .chain(strange_attached)
        .map(|(attribute, one, what, command)| {
            let note = format!(
                "role {name}: {what} is none of ours: no plan says so, and nothing removes it"
            );
            let judged = &table::STRANGER_POLICY;
            added(address, attribute, one.into(), judged, note, &command)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Stated, Unplanned, unplanned};
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

    fn found(resources: &[Value]) -> Vec<Unplanned> {
        let state = json!({"version": 4, "resources": resources}).to_string();
        let state = State::read(state.as_bytes()).unwrap();
        unplanned(&state, &Stated::of_root(&Root::read([("main.tf", ROOT)])))
    }

    fn told(resources: &[Value]) -> Vec<String> {
        found(resources).into_iter().map(|one| one.note).collect()
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
        let [note] = &all(std::slice::from_ref(&open))[..] else {
            panic!("one note");
        };
        assert!(
            note.contains("lets in 10.0.0.0/8 on tcp 5432 to 5432"),
            "{note}"
        );
        let [found] = &found(&[
            group(std::slice::from_ref(&open)),
            ours.clone(),
            out.clone(),
        ])[..] else {
            panic!("one");
        };
        assert_eq!(
            found.command,
            "aws ec2 revoke-security-group-ingress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,IpRanges=[{CidrIp=10.0.0.0/8}]'"
        );
        assert_eq!(found.address, "aws_security_group.this");
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

    #[test]
    fn a_name_that_a_shell_would_read_is_in_no_command() {
        let role = |name: &str| {
            resource(
                "aws_iam_role",
                &json!({"name": "r", "inline_policy": [{"name": name}]}),
            )
        };
        for (name, expected) in [
            (
                "theirs",
                "aws iam delete-role-policy --role-name r --policy-name theirs",
            ),
            ("a$(rm)", ""),
            ("a b", ""),
            ("a'b", ""),
        ] {
            assert_eq!(found(&[role(name)])[0].command, expected);
        }
    }
}
