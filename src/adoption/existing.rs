//! A database as it was found, an instance or a cluster: what AWS says of it in the words of its API, whoever told it.

use serde_json::{Map, Value};

use super::{
    fields::{Fields, MISSING, Malformed},
    old_root::Place,
};
use crate::aws::engine::Form;

/// The identifier of a cluster, which its instances have, too.
pub(super) const CLUSTER_IDENTIFIER: &str = "DBClusterIdentifier";

/// The instances of a cluster.
pub(super) const MEMBERS: &str = "DBClusterMembers";

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

/// Who told of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Teller {
    /// AWS, at the time of the call.
    Aws,
    /// The state of a root, as old as its last refresh: it tells neither what waits nor the VPC.
    State,
}

/// A database as it was found: an instance, or a cluster with its instances.
#[derive(Clone, Debug)]
pub struct Existing {
    /// What it is.
    pub form: Form,
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
    /// The VPC of its subnet group, when a file tells that beside it.
    pub vpc: Option<String>,
    /// Whether its parameter group forces TLS, when a file tells it.
    pub forces_tls: Option<bool>,
    /// The instances of a cluster that are described, in the order in which they are kept.
    pub members: Vec<Existing>,
    pub(super) raw: Map<String, Value>,
}

impl Existing {
    /// A database from what the API says of it.
    ///
    /// # Errors
    /// When it has no identifier, or no ARN.
    pub fn of(raw: Map<String, Value>, form: Form, teller: Teller) -> Result<Self, Malformed> {
        let fields = Fields::of(&raw, "");
        let (identifier, key) = match form {
            Form::Instance => ("DBInstanceIdentifier", "DBInstanceArn"),
            Form::Cluster => (CLUSTER_IDENTIFIER, "DBClusterArn"),
        };
        let identifier = fields.text(identifier)?.to_owned();
        let arn = Arn::parse(fields.text(key)?).ok_or_else(|| Malformed {
            key: key.to_owned(),
            what: "is no ARN",
        })?;
        Ok(Self {
            form,
            identifier,
            arn,
            teller,
            held: None,
            family: None,
            vpc: None,
            forces_tls: None,
            members: Vec::new(),
            raw,
        })
    }

    /// The cluster that an instance is a member of; its own name, of a cluster.
    ///
    /// # Errors
    /// When it is something else than a text.
    pub fn cluster(&self) -> Result<Option<&str>, Malformed> {
        self.fields().text_if(CLUSTER_IDENTIFIER)
    }

    /// What holds what is said of instances: of a cluster, the first of its own, which are alike.
    #[must_use]
    pub fn instance(&self) -> &Self {
        self.members.first().unwrap_or(self)
    }

    /// Where older roots hold it, and its instances.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        let all = [self].into_iter().chain(&self.members);
        all.filter_map(|one| one.held.as_ref())
    }

    pub(super) const fn fields(&self) -> Fields<'_> {
        Fields::of(&self.raw, "")
    }

    /// The name of its subnet group.
    ///
    /// # Errors
    /// When it is missing.
    pub fn subnet_group(&self) -> Result<&str, Malformed> {
        match self.form {
            Form::Instance => {
                let group = self.fields().object("DBSubnetGroup")?;
                Fields::of(group, "DBSubnetGroup.").text("DBSubnetGroupName")
            }
            Form::Cluster => self.fields().text("DBSubnetGroup"),
        }
    }

    /// Its VPC: of a cluster, its instances tell it.
    ///
    /// # Errors
    /// When nobody tells it.
    pub fn vpc(&self) -> Result<&str, Malformed> {
        let told = match self.form {
            Form::Instance => {
                let group = self.fields().object("DBSubnetGroup")?;
                Fields::of(group, "DBSubnetGroup.").text_if("VpcId")?
            }
            Form::Cluster => self.members.iter().find_map(|one| one.vpc().ok()),
        };
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
        if self.form == Form::Cluster {
            return self.fields().text("DBClusterParameterGroup");
        }
        let groups = self
            .fields()
            .each("DBParameterGroups", "DBParameterGroupName")?;
        groups.first().copied().ok_or(Malformed {
            key: "DBParameterGroups".to_owned(),
            what: MISSING,
        })
    }

    /// The identifiers of the instances that a cluster has, whoever describes them.
    ///
    /// # Errors
    /// When one has none.
    pub fn member_identifiers(&self) -> Result<Vec<&str>, Malformed> {
        self.fields().each(MEMBERS, "DBInstanceIdentifier")
    }

    /// When an instance of a cluster takes the writer's place.
    ///
    /// # Errors
    /// When it is missing.
    pub fn promotion_tier(&self) -> Result<u32, Malformed> {
        self.fields().number("PromotionTier")
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
