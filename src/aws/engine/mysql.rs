//! Amazon RDS for MySQL.

mod parameters;
