//! An instance as it was found: what AWS says of it in the words of its API, whoever told it.

use serde_json::{Map, Value};

use super::{
    fields::{Fields, MISSING, Malformed},
    old_root::Place,
};

/// Where something in AWS is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arn {
    /// All of it.
    pub text: String,
    /// The Region.
    pub region: String,
    /// The account.
    pub account: String,
}

impl Arn {
    /// Reads an ARN.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let [arn, _, _, region, account, _] = [(); 6].map(|()| parts.next());
        if arn != Some("arn") {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            region: region?.to_owned(),
            account: account?.to_owned(),
        })
    }
}

/// Who told of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Teller {
    /// AWS, at the time of the call.
    Aws,
    /// The state of a root, as old as its last refresh: it tells neither what waits nor the VPC.
    State,
}

/// An instance as it was found.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its identifier.
    pub identifier: String,
    /// Where it is.
    pub arn: Arn,
    /// Who told.
    pub teller: Teller,
    /// Where an older root holds it.
    pub held: Option<Place>,
    /// The family of its parameter group, when a file tells it.
    pub family: Option<String>,
    /// The VPC of its subnet group, when a file tells that beside the instance.
    pub vpc: Option<String>,
    /// Whether its parameter group forces TLS, when a file tells it.
    pub forces_tls: Option<bool>,
    pub(super) raw: Map<String, Value>,
}

impl Instance {
    /// An instance from what the API says of it.
    ///
    /// # Errors
    /// When it has no identifier, or no ARN.
    pub fn of(raw: Map<String, Value>, teller: Teller) -> Result<Self, Malformed> {
        let fields = Fields::of(&raw, "");
        let identifier = fields.text("DBInstanceIdentifier")?.to_owned();
        let arn = fields.text("DBInstanceArn")?;
        let arn = Arn::parse(arn).ok_or(Malformed {
            key: "DBInstanceArn".to_owned(),
            what: "is no ARN",
        })?;
        Ok(Self {
            identifier,
            arn,
            teller,
            held: None,
            family: None,
            vpc: None,
            forces_tls: None,
            raw,
        })
    }

    pub(super) const fn fields(&self) -> Fields<'_> {
        Fields::of(&self.raw, "")
    }

    /// The name of its subnet group.
    ///
    /// # Errors
    /// When it is missing.
    pub fn subnet_group(&self) -> Result<&str, Malformed> {
        let group = self.fields().object("DBSubnetGroup")?;
        Fields::of(group, "DBSubnetGroup.").text("DBSubnetGroupName")
    }

    /// Its VPC.
    ///
    /// # Errors
    /// When nobody tells it.
    pub fn vpc(&self) -> Result<&str, Malformed> {
        let group = self.fields().object("DBSubnetGroup")?;
        let told = Fields::of(group, "DBSubnetGroup.").text_if("VpcId")?;
        told.or(self.vpc.as_deref()).ok_or(Malformed {
            key: "DBSubnetGroup.VpcId".to_owned(),
            what: MISSING,
        })
    }

    /// The name of its parameter group.
    ///
    /// # Errors
    /// When it is missing.
    pub fn parameter_group(&self) -> Result<&str, Malformed> {
        let groups = self
            .fields()
            .each("DBParameterGroups", "DBParameterGroupName")?;
        groups.first().copied().ok_or(Malformed {
            key: "DBParameterGroups".to_owned(),
            what: MISSING,
        })
    }

    /// Its security groups.
    ///
    /// # Errors
    /// When one of them has no id.
    pub fn security_groups(&self) -> Result<Vec<&str>, Malformed> {
        let mut groups = self
            .fields()
            .each("VpcSecurityGroups", "VpcSecurityGroupId")?;
        groups.sort_unstable();
        groups.dedup();
        Ok(groups)
    }

    /// Its tags, in their order.
    ///
    /// # Errors
    /// When one has no key or no value.
    pub fn tags(&self) -> Result<Vec<(&str, &str)>, Malformed> {
        let fields = self.fields();
        if fields.find("TagList").is_none() {
            return Err(Malformed {
                key: "TagList".to_owned(),
                what: MISSING,
            });
        }
        let (keys, values) = (
            fields.each("TagList", "Key")?,
            fields.each("TagList", "Value")?,
        );
        Ok(keys.into_iter().zip(values).collect())
    }

    /// The secret that RDS manages for it.
    ///
    /// # Errors
    /// When it has no ARN.
    pub fn managed_secret(&self) -> Result<Option<(&str, Option<&str>)>, Malformed> {
        let Some(secret) = self.fields().object_if("MasterUserSecret")? else {
            return Ok(None);
        };
        let secret = Fields::of(secret, "MasterUserSecret.");
        Ok(Some((
            secret.text("SecretArn")?,
            secret.text_if("KmsKeyId")?,
        )))
    }
}
