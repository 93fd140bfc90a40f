//! Rules about what an engine takes, and what it cannot become.

use super::{Rule, Severity, rules};

rules! {
    ENGINE_KEY = Error "engine-key":
        "The key says nothing about this engine.",
        "An Aurora cluster has no volume of a size, an instance has no readers, and RDS Proxy has filters for some engines alone. Such a key in `defaults` counts for the other databases; in a config it is a mistake.",
        "allocatedStorage: 50 beside engine: aurora-postgresql";
    ENGINE_VALUE = Error "engine-value":
        "The engine does not have this.",
        "Types of storage, logs, classes and kinds of snapshots differ by engine. AWS would refuse the value in the middle of an apply.",
        "logExports: [postgresql] beside engine: mysql";
    ENGINE_CHANGED = Error "engine-changed":
        "A database does not change its engine.",
        "Terraform would destroy it and make an empty one. Make a second database of the other engine, under another shortname and namespace, copy the data, send the pods there, and retire this one.",
        "engine: postgres changed to aurora-postgresql";
    UPGRADE_WAITS = Error "upgrade-waits":
        "A major upgrade of a cluster cannot wait for its window.",
        "The provider takes the parameter group of the old major away in the same apply. While the cluster still uses it, AWS refuses, and the apply ends half done. With `applyImmediately` the upgrade happens first.",
        "engineVersion of an Aurora database from \"16\" to \"17\" without applyImmediately";
    SERVERLESS_CAPACITY = Error "serverless-capacity":
        "The capacity of `db.serverless` is not right.",
        "Aurora Serverless v2 moves between `minCapacity` and `maxCapacity`, counted in ACUs of 2 GiB memory. Both belong to `instanceClass: db.serverless`, and to nothing else.",
        "instanceClass: db.serverless without maxCapacity";
    NO_READERS = Error "no-readers":
        "`readOnlyEndpoint` leads nowhere.",
        "It is a way of their own for pods that only read, and leads to the readers of an Aurora cluster. `replicas` says how many there are.",
        "readOnlyEndpoint: true without replicas";
    NO_DATABASE_NAME = Error "no-database-name":
        "There is no database for pods.",
        "MySQL, MariaDB and Aurora MySQL make no database by themselves, and what always exists there is a catalogue of the server. `databaseName` makes one; added later it replaces the instance.",
        "engine: mysql without databaseName";
    PROXY_UNPROVEN = Warning "proxy-unproven":
        "AWS does not say that RDS Proxy takes this version.",
        "A new major is offered for databases before the documents of RDS Proxy name it. The apply may end with an error after the database has been made.",
        "engineVersion: \"18\"";
}
