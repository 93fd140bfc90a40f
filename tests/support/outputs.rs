//! Workspaces that have been applied.

use std::{fs, path::PathBuf, sync::LazyLock};

use serde_json::{Value, json};
use storage_valet_rds::{connect::outputs, model::Database};

use super::{
    command::run,
    folder::{city, copy_all, own},
    workspace::Workspace,
};

/// What `terraform output -json` prints once the unit's root has been applied.
pub(crate) fn outputs_of(database: &Database) -> Value {
    let environment = &database.environment.spec;
    let (region, account) = (&environment.region, &environment.account_id);
    let text = |value: String| json!({"sensitive": false, "type": "string", "value": value});
    let mut outputs = json!({
        "endpoint_service_name": text(format!("com.amazonaws.vpce.{region}.vpce-svc-0123456789abcdef0")),
        "port": {"sensitive": false, "type": "number", "value": 5432},
        "proxy_endpoint": text(format!("{}.proxy-abcdefghijkl.{region}.rds.amazonaws.com", database.names.proxy)),
        "role_arn": text(format!("arn:aws:iam::{account}:role/{}", database.iam_role_name.value)),
        "secret_arn": text(format!("arn:aws:secretsmanager:{region}:{account}:secret:rds!db-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-AbCdEf")),
        "username": text(database.username.value.clone()),
    });
    if let Some(name) = &database.database_name.value {
        outputs["database_name"] = text(name.clone());
    }
    outputs
}

/// A copy of the example workspace in which every unit's outputs are committed.
pub(crate) fn applied(name: &str) -> PathBuf {
    static APPLIED: LazyLock<PathBuf> = LazyLock::new(|| {
        let city = city(&own("applied"));
        assert_eq!(run(&city, "generate").code, 0);
        for database in Workspace::open(&city).databases {
            let path = city.join(database.directory()).join(outputs::FILE);
            fs::write(path, format!("{:#}\n", outputs_of(&database))).unwrap();
        }
        city
    });
    copy_all(&APPLIED, name)
}
