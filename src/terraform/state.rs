//! A state as Terraform keeps it: whose it is, and what it says of resources.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::plan::{Plan, StandingModule};

/// A state.
#[derive(Debug, Default, Deserialize)]
pub struct State {
    /// What tells it from every other state.
    #[serde(default)]
    pub lineage: String,
    /// How often it has been written.
    #[serde(default)]
    pub serial: u64,
    /// Its outputs, by name, as `terraform output -json` prints them.
    #[serde(default)]
    pub outputs: Map<String, Value>,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(default)]
    mode: String,
    #[serde(default)]
    module: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Debug, Deserialize)]
struct Instance {
    #[serde(default)]
    index_key: Option<Value>,
    #[serde(default)]
    attributes: Map<String, Value>,
}

impl State {
    /// Reads a state; an empty text is one that nobody has written yet.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(bytes: &[u8]) -> serde_json::Result<Self> {
        if bytes.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes)
    }

    /// What a plan says that there is before it; none when it does not say that.
    #[must_use]
    pub fn before(plan: &Plan) -> Option<Self> {
        fn collect(module: &StandingModule, found: &mut Vec<Resource>) {
            found.extend(module.resources.iter().map(|one| {
                let own = format!("{}.{}", one.kind, one.name);
                let above = one.address.rsplit_once(&own).map_or("", |(above, _)| above);
                let module = above.strip_suffix('.').map(str::to_owned);
                Resource {
                    mode: one.mode.clone(),
                    module,
                    kind: one.kind.clone(),
                    name: one.name.clone(),
                    instances: vec![Instance {
                        index_key: one.index.clone(),
                        attributes: one.values.clone(),
                    }],
                }
            }));
            for inside in &module.child_modules {
                collect(inside, found);
            }
        }
        let mut resources = Vec::new();
        collect(plan.standing()?, &mut resources);
        Some(Self {
            resources,
            ..Self::default()
        })
    }

    /// Addresses of the resources in it.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let managed = self.resources.iter().filter(|one| one.mode == "managed");
        let all = managed.flat_map(|one| {
            let instances = one.instances.iter();
            instances.map(|instance| address(one, instance.index_key.as_ref()))
        });
        all.collect()
    }

    /// What it says of each resource of a type.
    pub fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Map<String, Value>> {
        self.all_at(kind).map(|(_, attributes)| attributes)
    }

    /// The same, each with its address.
    pub fn all_at<'a>(
        &'a self,
        kind: &'a str,
    ) -> impl Iterator<Item = (String, &'a Map<String, Value>)> {
        let of_kind =
            move |resource: &&Resource| resource.mode == "managed" && resource.kind == kind;
        self.resources.iter().filter(of_kind).flat_map(|resource| {
            let instances = resource.instances.iter();
            instances.map(|one| (address(resource, one.index_key.as_ref()), &one.attributes))
        })
    }

    /// Addresses of security groups with nothing but the rule that AWS gives each new one: everything is let out. The provider
    /// takes it away while it makes a group, and never later.
    #[must_use]
    pub fn open_groups(&self) -> Vec<String> {
        let groups = self.resources.iter();
        let groups = groups.filter(|one| one.mode == "managed" && one.kind == "aws_security_group");
        let open = |group: &Resource| {
            let instances = group.instances.iter();
            let open = instances.filter(|one| one.attributes.get("egress").is_some_and(is_open));
            let addresses = open.map(|one| address(group, one.index_key.as_ref()));
            addresses.collect::<Vec<_>>()
        };
        groups.flat_map(open).collect()
    }
}

fn is_open(egress: &Value) -> bool {
    let list = |rule: &Value, name: &str| rule.get(name).and_then(Value::as_array).cloned();
    let is_all = |rule: &Value| {
        let everybody = [list(rule, "cidr_blocks"), list(rule, "ipv6_cidr_blocks")];
        let everybody = everybody.into_iter().flatten().flatten();
        let is_everybody = |one: &Value| one == "0.0.0.0/0" || one == "::/0";
        let others = ["prefix_list_ids", "security_groups"];
        let has_others = others
            .iter()
            .any(|name| list(rule, name).is_some_and(|one| !one.is_empty()));
        rule.get("protocol") == Some(&Value::from("-1"))
            && everybody.clone().count() > 0
            && everybody.into_iter().all(|one| is_everybody(&one))
            && !has_others
    };
    let rules = egress.as_array();
    rules.is_some_and(|rules| !rules.is_empty() && rules.iter().all(is_all))
}

fn address(resource: &Resource, key: Option<&Value>) -> String {
    let module = resource.module.as_ref();
    let module = module.map(|module| format!("{module}."));
    let key = key.map(|key| format!("[{key}]"));
    let Resource { kind, name, .. } = resource;
    format!(
        "{}{kind}.{name}{}",
        module.unwrap_or_default(),
        key.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::State;

    const STATE: &[u8] = br#"{"version": 4, "serial": 7, "lineage": "l", "outputs": {"a": {"value": 1, "type": "number"}},
        "resources": [
            {"mode": "data", "type": "aws_lb", "name": "a", "instances": [{"attributes": {"id": "0"}}]},
            {"mode": "managed", "type": "aws_lb", "name": "b", "instances": [{"attributes": {"id": "1"}}, {"attributes": {"id": "2"}}]}
        ]}"#;

    #[test]
    fn a_state_says_whose_it_is_and_what_is_in_it() {
        let state = State::read(STATE).unwrap();
        assert_eq!((state.lineage.as_str(), state.serial), ("l", 7));
        assert_eq!(state.outputs["a"]["value"], 1);
        let ids: Vec<_> = state
            .all("aws_lb")
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["1", "2"]);
        assert_eq!(state.addresses().len(), 2);
        assert_eq!(State::read(b"\n").unwrap().addresses(), [""; 0]);
        assert!(State::read(b"null").is_err());
    }

    #[test]
    fn a_group_with_the_rule_that_aws_gives_it_is_open() {
        let everybody = r#"{"protocol": "-1", "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [], "security_groups": []}"#;
        let both = everybody.replace(
            r#""ipv6_cidr_blocks": []"#,
            r#""ipv6_cidr_blocks": ["::/0"]"#,
        );
        let port = everybody.replace("-1", "tcp");
        let network = everybody.replace("0.0.0.0/0", "10.0.0.0/8");
        let group = everybody.replace(r#""security_groups": []"#, r#""security_groups": ["sg-1"]"#);
        for (egress, is_open) in [
            (format!("[{everybody}]"), true),
            (format!("[{both}]"), true),
            ("[]".to_owned(), false),
            ("null".to_owned(), false),
            (format!("[{port}]"), false),
            (format!("[{network}]"), false),
            (format!("[{group}]"), false),
            (format!("[{everybody}, {port}]"), false),
        ] {
            let state = format!(
                r#"{{"resources": [{{"mode": "managed", "module": "module.nlb", "type": "aws_security_group", "name": "this",
                    "instances": [{{"index_key": "a", "attributes": {{"egress": {egress}}}}}]}}]}}"#
            );
            let open = State::read(state.as_bytes()).unwrap().open_groups();
            let expected: &[&str] = if is_open {
                &["module.nlb.aws_security_group.this[\"a\"]"]
            } else {
                &[]
            };
            assert_eq!(open, expected, "{egress}");
        }
    }
}
