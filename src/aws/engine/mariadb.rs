//! Amazon RDS for MariaDB.

mod parameters;
