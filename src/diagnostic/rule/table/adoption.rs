//! The rules about instances and clusters that configs take over.

use super::{Rule, Severity, rules};

rules! {
    NOT_ADOPTABLE = Error "not-adoptable":
        "The environment does not let configs take this over.",
        "A config with `adopt` rules a database that somebody else has made, and its pods read the secret that it names. `adoptable` of the environment in valet.yaml lists what may be taken over, so that a config alone cannot.",
        "adopt.identifier: payments where `adoptable` names orders-* alone";
    BAD_ADOPTION = Error "bad-adoption":
        "Something about an adopted instance or cluster does not go together.",
        "A database that is there keeps its password, its groups and its version until an edit says otherwise. Two keys that contradict each other would make AWS or Terraform do something else than the config says.",
        "adopt.parameterGroup and a major upgrade at once";
    ADOPTED_AS_IS = Warning "adopted-as-is":
        "An adopted instance or cluster has what a new one could not get.",
        "AWS keeps old versions, classes and small volumes that are there, and makes no new ones. Nothing happens to them; a change of the value has to go to one that AWS offers.",
        "engineVersion: \"13.4\" beside `adopt`";
}
